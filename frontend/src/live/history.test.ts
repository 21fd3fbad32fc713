import { expect, test } from "vitest";
import { UsageHistory } from "./history";

/** `used(slot, moment)` at each moment; null: it was not measured then. */
function read(moments: number, slots: string[], used: (slot: string, moment: number) => number | null) {
  const history = new UsageHistory();
  for (let moment = 1; moment <= moments; moment += 1) {
    const here = slots.filter((slot) => used(slot, moment) !== null);
    history.begin(moment * 10_000, here.length);
    for (const slot of here) history.record(slot, used(slot, moment) ?? NaN, moment);
  }
  return history;
}

test("the last ninety readings are kept, oldest first", () => {
  const { at, cpu_millis, memory_bytes } = read(200, ["a"], (_, moment) => moment * 2).read("a");
  expect(at).toHaveLength(90);
  expect([at[0], at.at(-1)]).toEqual([111 * 10_000, 200 * 10_000]);
  expect([cpu_millis.at(-1), memory_bytes.at(-1)]).toEqual([400, 200]);
});

test("every one of twenty thousand slots keeps its readings", () => {
  const slots = Array.from({ length: 20_000 }, (_, i) => `s${i}`);
  const history = read(3, slots, (slot) => Number(slot.slice(1)));
  for (const slot of ["s0", "s19999"]) expect(history.read(slot).at).toHaveLength(3);
});

test("moments at which a slot was not measured leave a gap, never an old reading", () => {
  const history = read(100, ["a", "b"], (slot, moment) => (slot === "b" && moment > 5 ? null : moment));
  expect(history.read("b").at).toEqual([]);
  const again = read(8, ["a", "b"], (slot, moment) => (slot === "b" && moment === 4 ? null : moment));
  expect(again.read("b").cpu_millis).toEqual([1, 2, 3, 5, 6, 7, 8]);
});

test("slots that went for good are forgotten", () => {
  const slots = Array.from({ length: 2_000 }, (_, i) => `s${i}`);
  const history = read(95, slots, (slot, moment) => (slot !== "s0" && moment > 2 ? null : moment));
  const { rings } = history as unknown as { rings: Map<string, unknown> };
  expect([...rings.keys()]).toEqual(["s0"]);
});
