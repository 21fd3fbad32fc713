import { expect, test } from "vitest";
import { lastOf, pathOf, peakOf, toShown } from "./usage";

const AT = Date.parse("2026-11-22T12:00:15Z");
const STEP_MS = 30_000;
const ROOM = { from_ms: AT, to_ms: AT + 3 * STEP_MS, step_ms: STEP_MS, top: 100, width: 300, height: 20 };

test("the sum is a history of the whole window, and the slots keep their places beside the points", () => {
  const points = [0, 1].map((step) => ({
    at: new Date(AT + step * STEP_MS).toISOString(),
    cpu_millis: 30,
    memory_bytes: 3,
  }));
  const slot = { slot: "1", host: "h1", cpu_millis: [null, 30], memory_bytes: [null, 3] };
  const now_ms = AT + 60_000;
  const shown = toShown({ step_s: 30, points, replicas: [slot], replicas_total: 7 }, 60, now_ms);
  expect(shown.sum.cpu_millis).toEqual([30, 30]);
  expect(shown.sum.span).toEqual({ from_ms: now_ms - 3_600_000, to_ms: now_ms });
  expect(shown).toMatchObject({ at: [AT, AT + STEP_MS], step_ms: STEP_MS, slots: [slot], slots_total: 7 });
});

test("now is the newest step, and a slot that was not measured in it has no value", () => {
  expect([lastOf([1, 2]), lastOf([1, null]), lastOf([])]).toEqual([2, null, null]);
  expect([peakOf([1, null, 5, 2]), peakOf([null]), peakOf([0])]).toEqual([5, null, 0]);
});

test("a line breaks where nothing was measured, also where a whole step is missing", () => {
  const at = [AT, AT + STEP_MS, AT + 3 * STEP_MS];
  expect(pathOf(at, [0, 100, 50], ROOM)).toBe("M-50.0 20.0L0.0 20.0L100.0 0.0M250.0 10.0L300.0 10.0");
  expect(pathOf(at, [null, 100, null], ROOM)).toBe("M50.0 0.0L100.0 0.0");
  expect(pathOf(at, [null, null, null], ROOM)).toBe("");
});
