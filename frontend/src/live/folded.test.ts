import { expect, test } from "vitest";
import { Fleet } from "./fleet";
import { foldedOf } from "./folded";
import { containerFilter } from "./query";

const HEAD = { sub: 1, epoch: "e", kind: "containers" } as const;

function filled(): Fleet {
  const fleet = new Fleet();
  const cols = {
    slot: ["S-1", "S-2"],
    name: ["Web", "db"],
    image: ["Shop/Web:1", "postgres"],
    cpu_millis: [1, 2],
  };
  fleet.accept({ ...HEAD, t: "snap", seq: 1, offset: 0, rows: [1, 2], cols, last: true });
  return fleet;
}

test("a text is folded when it is first read, and anew only when a text of its row changed", () => {
  const fleet = filled();
  const folded = foldedOf(fleet.containers);
  expect(foldedOf(fleet.containers)).toBe(folded);
  expect(folded.read(1)).toContain("postgres");
  expect(folded.read(0)).toBe("web\nshop/web:1\n\ns-1\n");
  const before = fleet.containers.wordingOf(0);
  fleet.accept({ ...HEAD, t: "d", seq: 2, ts: 0, rows: [1], cols: { cpu_millis: [90] } });
  expect(fleet.containers.wordingOf(0)).toBe(before);
  fleet.accept({ ...HEAD, t: "d", seq: 3, ts: 0, rows: [1], cols: { host: ["H-7"] } });
  expect(fleet.containers.wordingOf(0)).toBeGreaterThan(before);
  expect(folded.read(0)).toContain("h-7");
});

test("who takes the place of a row that went is not found by its words", () => {
  const fleet = filled();
  expect(containerFilter(fleet.containers, "shop")(0)).toBe(true);
  fleet.accept({ ...HEAD, t: "del", seq: 2, rows: [1] });
  fleet.containers.sweep();
  fleet.accept({ ...HEAD, t: "add", seq: 3, rows: [3], cols: { slot: ["S-3"], name: ["cron"] } });
  expect(fleet.containers.find("S-3")).toBe(0);
  expect(containerFilter(fleet.containers, "shop")(0)).toBe(false);
  expect(containerFilter(fleet.containers, "CRON")(0)).toBe(true);
});

test("a word is found within one column, not across two", () => {
  const test = containerFilter(filled().containers, "webshop");
  expect([0, 1].filter(test)).toEqual([]);
});
