import { expect, test } from "vitest";
import type { ServiceStanding, ServiceVerb } from "@/shared/api/rules.generated";
import { serviceRefusal } from "./rules";

const PLAIN: ServiceStanding = { removing: false, gone: false, paused: false, isGlobal: false, rollout: "" };

test.each<[ServiceVerb, Partial<ServiceStanding>, string | null]>([
  ["update", {}, null],
  ["scale", {}, null],
  ["scale", { isGlobal: true }, "is-global"],
  ["restart", { removing: true }, "being-removed"],
  ["remove", { removing: true }, "remove-asked"],
  ["remove", {}, null],
  ["pause", {}, null],
  ["pause", { paused: true }, "already-paused"],
  ["resume", {}, "not-paused"],
  ["resume", { paused: true }, null],
  ["resume", { rollout: "paused" }, null],
  ["promote", { rollout: "running" }, "nothing-held"],
  ["promote", { rollout: "holding" }, null],
  ["abort", {}, "no-rollout"],
  ["abort", { rollout: "running" }, null],
])("%s of a service that is %j: %s", (verb, part, code) => {
  expect(serviceRefusal(verb, { ...PLAIN, ...part }, true)).toBe(code);
});

test("somebody who may only look is told so, whatever the state", () => {
  expect(serviceRefusal("abort", PLAIN, false)).toBe("viewer");
});
