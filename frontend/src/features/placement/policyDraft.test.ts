import { describe, expect, it } from "vitest";
import type { Policy } from "@/shared/api/types";
import { draftOf, placeOf, saidOf, wrongWith } from "./policyDraft";

const OWN: Policy = {
  name: "own",
  description: "Fill few.",
  weights: { pack: 1, zones: -0.5 },
  over: "zone",
  generation: 3,
  is_built_in: false,
  used_by: [],
};

describe("a policy as it is typed", () => {
  it("comes back as it was", () => {
    const { name, description, weights, over } = OWN;
    expect(saidOf(draftOf(OWN))).toEqual({ name, description, weights, over });
    expect(wrongWith(draftOf(OWN), false)).toEqual({});
  });

  it("leaves out what weighs nothing", () => {
    const draft = draftOf(OWN);
    const said = saidOf({ ...draft, weights: { ...draft.weights, pack: "0", image: " 2 " } });
    expect(said.weights).toEqual({ zones: -0.5, image: 2 });
  });

  it("says at once what is wrong, and where", () => {
    const empty = draftOf(undefined);
    expect(wrongWith(empty, true)).toEqual({ name: "name" });
    const weights = { ...empty.weights, spread: "much", pack: "1001", zones: "1" };
    expect(wrongWith({ ...empty, name: "a b", weights }, true)).toEqual({
      name: "name",
      spread: "weight",
      pack: "range",
      over: "over",
    });
    expect(wrongWith({ ...empty, weights, over: "a b" }, false).over).toBe("label");
  });
});

it("finds the place of a refusal", () => {
  expect(placeOf("/weights/spread")).toBe("spread");
  expect(placeOf("/over")).toBe("over");
  expect(placeOf("/other")).toBeUndefined();
});
