import { expect, test } from "vitest";
import { fleetOf } from "./testFleet";
import { valuesOf } from "./values";

const HEAD = { t: "d", sub: 1, epoch: "e", kind: "containers", ts: 0 } as const;
const many = (count: number) =>
  fleetOf(Array.from({ length: count }, (_, i) => ({ slot: String(i), name: `web-${i}`, state: "running" })));

test("a few containers are counted whenever they changed, and not when they did not", () => {
  const fleet = many(3);
  const first = valuesOf(fleet, "state", 0);
  expect(first?.get("running")).toBe(3);
  expect(valuesOf(fleet, "state", 10_000)).toBe(first);
  fleet.accept({ ...HEAD, seq: 2, rows: [1], cols: { state: ["failed"] } });
  expect(valuesOf(fleet, "state", 10_001)?.get("failed")).toBe(1);
});

test("many are counted once in a second", () => {
  const fleet = many(5_000);
  const first = valuesOf(fleet, "state", 0);
  fleet.accept({ ...HEAD, seq: 2, rows: [1], cols: { state: ["failed"] } });
  expect(valuesOf(fleet, "state", 900)).toBe(first);
  expect(valuesOf(fleet, "state", 1_001)?.get("failed")).toBe(1);
});

test("what has no values is not counted", () => {
  expect(valuesOf(many(1), "cpu", 0)).toBeNull();
});
