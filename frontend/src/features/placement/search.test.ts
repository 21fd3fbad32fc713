import { describe, expect, it } from "vitest";
import { fieldOf, isAsked, isCount, isWithin, readPlacement, searchOf, simulationOf, wishOf } from "./search";

const ASKED = { n: 20, cpu: 2, memory: "4g", spread: "zone" };

describe("the address", () => {
  it("holds what is asked, numbers as numbers, and nothing that is empty", () => {
    const search = readPlacement({ ...ASKED, tab: "simulate", gpus: "", other: "x", edit: 7 });
    expect(search).toEqual({ ...ASKED, tab: "simulate", edit: "7" });
    expect(searchOf(wishOf(search))).toEqual(ASKED);
  });

  it("keeps a text that only looks like a number as it was written", () => {
    expect(searchOf({ ...wishOf({}), cpu: " 0.50 ", n: "07" })).toEqual({ cpu: "0.50", n: "07" });
  });

  it("says nothing of a size where a service says it", () => {
    expect(searchOf(wishOf({ n: 3, service: "web", cpu: 2, like: "h1" }))).toEqual({
      n: 3,
      service: "web",
      like: "h1",
    });
  });

  it("holds what a rebalance shall be, and no goal that there is not", () => {
    expect(readPlacement({ tab: "rebalance", goal: "spare", moves: 3 })).toEqual({
      tab: "rebalance",
      goal: "spare",
      moves: 3,
    });
    expect(readPlacement({ goal: "most", moves: "" })).toEqual({});
    expect(["0", "1", "20", "21", "1.5", ""].map((text) => isWithin(text, 1, 20))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("asks nothing while it says nothing of containers", () => {
    expect(isAsked({ tab: "loss", label: "zone" })).toBe(false);
    expect(isAsked(ASKED)).toBe(true);
  });
});

describe("the request", () => {
  it("is a spec that is spread over a label by a wish", () => {
    expect(simulationOf(wishOf({ ...ASKED, where: "disk=ssd, gpu", like: "h1" }), "shop")).toEqual({
      project: "shop",
      count: 20,
      container: {
        resources: { cpu: "2", memory: "4g" },
        affinity: [{ service: "simulated", apart: true, within: "zone", prefer: 50 }],
        constraints: ["disk=ssd", "gpu"],
      },
      host: { like: "h1" },
    });
  });

  it("is a service of the project, whose spec goes before what else is written", () => {
    expect(simulationOf(wishOf({ service: "web", cpu: 2 }), "shop")).toEqual({
      project: "shop",
      count: 1,
      service: "web",
    });
  });

  it("asks for whole GPUs or a share of one", () => {
    const gpus = (text: string) => simulationOf(wishOf({ gpus: text }), "p").container;
    expect(gpus("2")).toEqual({ resources: { gpus: { count: 2 } } });
    expect(gpus("0.5")).toEqual({ resources: { gpus: { share: "0.5" } } });
  });
});

it("knows a number of containers", () => {
  expect(["", "1", "10000"].map(isCount)).toEqual([true, true, true]);
  expect(["0", "10001", "many", "-1", "1.5"].some(isCount)).toBe(false);
});

it("finds the field of what the server refuses", () => {
  expect(fieldOf("/container/resources/cpu")).toBe("cpu");
  expect(fieldOf("/container/constraints/1")).toBe("where");
  expect(fieldOf("/container/ports")).toBeUndefined();
});
