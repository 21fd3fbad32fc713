import { expect, test } from "vitest";
import { compareBy, type Ranks, type Sort } from "./compare";
import { SortedRows } from "./sorted";
import { Table } from "./table";

const SCHEMA = { slot: "text", state: "text", name: "text", cpu: "num" } as const;
const RANKS: Ranks = { failed: 0, pending: 1, running: 2 };
const STATES = ["failed", "pending", "running", "levitating"];
const SORTS: [Sort, Ranks | undefined][] = ["name", "cpu", "state"].flatMap((column) =>
  [false, true].map((descending): [Sort, Ranks | undefined] => [
    { column, descending },
    column === "state" ? RANKS : undefined,
  ]),
);
type Rows = Table<typeof SCHEMA>;

/** The same numbers every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

function filled(count: number, roll: (sides: number) => number): Rows {
  const table: Rows = new Table(SCHEMA, "slot");
  const rows = Array.from({ length: count }, (_, i) => i + 1);
  table.put(rows, {
    slot: rows.map((row) => `s-${row}`),
    state: rows.map(() => STATES[roll(4)] ?? ""),
    name: rows.map(() => `web-${roll(count / 2)}`),
    cpu: rows.map(() => (roll(5) === 0 ? null : roll(50) - 10)),
  });
  return table;
}

/** As slow and as plain as can be. */
function plain(table: Rows, sort: Sort, ranks?: Ranks): number[] {
  const compare = compareBy(table, sort, ranks);
  const alive = Array.from({ length: table.end }, (_, at) => at).filter((at) => table.isAlive(at));
  return alive.sort((a, b) => compare(a, b) || a - b);
}

test.each([3, 60])(
  "whatever %i changes at a time do, the kept order is the one a fresh sort makes",
  (most) => {
    const roll = dice(most);
    const table = filled(200, roll);
    const sorted = new SortedRows(table);
    let next = 1_000;
    for (let turn = 0; turn < 60; turn += 1) {
      for (let i = roll(most); i >= 0; i -= 1) {
        const row = 1 + roll(200);
        const chance = roll(6);
        if (chance === 0) table.remove([row]);
        else if (chance === 1) {
          next += 1;
          table.put([next], {
            slot: [`s-${next}`],
            state: ["failed"],
            name: [`web-${roll(90)}`],
            cpu: [roll(50)],
          });
        } else if (chance === 2) table.change([row], { cpu: [roll(4) === 0 ? null : roll(50)] });
        else if (chance === 3) table.change([row], { state: [STATES[roll(4)] ?? ""] });
        else table.change([row], { name: [`web-${roll(90)}`] });
      }
      if (turn % 7 === 0) table.sweep();
      const [sort, ranks] = SORTS[roll(SORTS.length)] ?? [{ column: "name", descending: false }, undefined];
      expect([...sorted.read(sort, ranks)]).toEqual(plain(table, sort, ranks));
    }
  },
);

test("upwards once is both directions, of which the other one is kept too", () => {
  const table = filled(50, dice(9));
  const sorted = new SortedRows(table);
  const [up, down] = [false, true].map((descending) => ({ column: "cpu", descending }));
  if (!up || !down) throw new Error("two sorts");
  const first = sorted.read(down);
  expect([...first]).toEqual(plain(table, down));
  expect(sorted.read(down)).toBe(first);
  expect([...sorted.read(up)]).toEqual(plain(table, up));
  expect(sorted.read(down)).toBe(first);
  table.change([1], { cpu: [99] });
  expect([...sorted.read(down)]).toEqual(plain(table, down));
  expect(sorted.read(down)[0]).toBe(0);
});

test("nothing changed: the same order, not another one like it", () => {
  const table = filled(50, dice(7));
  const sorted = new SortedRows(table);
  const byName = { column: "name", descending: false };
  const first = sorted.read(byName);
  table.change([1], { cpu: [49] });
  expect(sorted.read(byName)).toBe(first);
  expect(sorted.read({ column: "cpu", descending: true })).not.toBe(first);
  table.change([1], { name: ["a"] });
  expect(sorted.read(byName)).not.toBe(first);
  expect(sorted.read(byName)[0]).toBe(0);
});
