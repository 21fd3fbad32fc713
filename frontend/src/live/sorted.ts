/**
 * All rows of a table in the order of a sort, kept from one question to the next: only rows that changed since are put
 * in their places anew. A filter then takes its rows from here in one pass; comes before the order of a list.
 */
import { compareBy, LAST_RANK, type Ranks, type Sort } from "./compare";
import type { Schema, Table } from "./table";

type Values = readonly string[] | Float64Array;

interface Kept {
  /** Upwards. */
  order: Int32Array;
  /** The same downwards, made of it when first asked for. */
  down: Int32Array | null;
  /** What the rows were sorted by then, and which of them there were. */
  values: Values;
  isIn: Uint8Array;
}

/** With more changes than this share of all rows a fresh sort is cheaper than putting them in. */
const FEW = 1 / 8;
/** A rank and a position together stay below 2^53, so that both fit into one number. */
const POSITIONS = 2 ** 26;
const UNKNOWN = 2 ** 26;

export class SortedRows<S extends Schema> {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly table: Table<S>) {}

  /** Positions of all rows that are there; ties by position. Not to be changed by the reader. */
  read(sort: Sort, ranks?: Ranks): Int32Array {
    const kept = this.upwards(sort.column, ranks);
    if (!sort.descending) return kept.order;
    kept.down ??= turned(kept.order, valuesOf(this.table, sort.column), ranks);
    return kept.down;
  }

  private upwards(column: string, ranks?: Ranks): Kept {
    const values = valuesOf(this.table, column);
    const known = this.kept.get(column);
    const order = known ? this.mended(known, values, column, ranks) : this.fresh(values, ranks);
    if (order === known?.order) return known;
    const kept = { order, down: null, ...copyOf(this.table, values) };
    this.kept.set(column, kept);
    return kept;
  }

  private mended(known: Kept, values: Values, column: string, ranks?: Ranks): Int32Array {
    const { table } = this;
    const isMoved = new Uint8Array(table.end);
    const placed: number[] = [];
    let count = 0;
    for (let at = 0; at < table.end; at += 1) {
      const isIn = table.isAlive(at);
      const wasIn = known.isIn[at] === 1;
      if (isIn === wasIn && (!isIn || Object.is(values[at], known.values[at]))) continue;
      isMoved[at] = 1;
      count += 1;
      if (isIn) placed.push(at);
    }
    if (count === 0) return known.order;
    if (count > table.count * FEW) return this.fresh(values, ranks);
    const compare = compareBy(table, { column, descending: false }, ranks);
    const before = (a: number, b: number): number => compare(a, b) || a - b;
    return merged(
      known.order.filter((at) => isMoved[at] === 0),
      placed.sort(before),
      before,
    );
  }

  private fresh(values: Values, ranks?: Ranks): Int32Array {
    const alive: number[] = [];
    for (let at = 0; at < this.table.end; at += 1) if (this.table.isAlive(at)) alive.push(at);
    const rank =
      values instanceof Float64Array ? rankNumbers(values, alive) : rankTexts(values, alive, ranks);
    const packed = Float64Array.from(alive, (at) => (rank(at) ?? UNKNOWN) * POSITIONS + at);
    return Int32Array.from(packed.sort(), (one) => one % POSITIONS);
  }
}

/** Downwards: equal rows stay in the order of their positions, and what is not known stays last. */
function turned(order: Int32Array, values: Values, ranks?: Ranks): Int32Array {
  const down = new Int32Array(order.length);
  const value = (i: number): string | number | undefined => {
    const one = values[order[i] ?? -1];
    return ranks ? (ranks[one ?? ""] ?? LAST_RANK) : one;
  };
  let known = order.length;
  while (known > 0 && Number.isNaN(value(known - 1))) known -= 1;
  let to = 0;
  for (let end = known; end > 0;) {
    const same = value(end - 1);
    let from = end - 1;
    while (from > 0 && value(from - 1) === same) from -= 1;
    down.set(order.subarray(from, end), to);
    to += end - from;
    end = from;
  }
  down.set(order.subarray(known), known);
  return down;
}

type Rank = (at: number) => number | null;

function rankNumbers(values: Float64Array, alive: readonly number[]): Rank {
  const known = Float64Array.from(
    alive.map((at) => values[at] ?? NaN).filter((value) => !Number.isNaN(value)),
  ).sort();
  return (at) => {
    const value = values[at] ?? NaN;
    return Number.isNaN(value) ? null : firstAt(known, value);
  };
}

function rankTexts(values: readonly string[], alive: readonly number[], ranks?: Ranks): Rank {
  if (ranks) return (at) => ranks[values[at] ?? ""] ?? LAST_RANK;
  const distinct = [...new Set(alive.map((at) => values[at] ?? ""))].sort();
  const place = new Map(distinct.map((value, i) => [value, i]));
  return (at) => place.get(values[at] ?? "") ?? 0;
}

/** Where the first of the numbers that are not less stands. */
function firstAt(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merged(
  many: Int32Array,
  few: readonly number[],
  before: (a: number, b: number) => number,
): Int32Array {
  const order = new Int32Array(many.length + few.length);
  let from = 0;
  let to = 0;
  for (const at of few) {
    // By halves: the rows between two of the few are not looked at one by one.
    const end = placeIn(many, at, from, before);
    order.set(many.subarray(from, end), to);
    to += end - from;
    order[to] = at;
    to += 1;
    from = end;
  }
  order.set(many.subarray(from), to);
  return order;
}

function placeIn(
  sorted: Int32Array,
  at: number,
  from: number,
  before: (a: number, b: number) => number,
): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(sorted[middle] ?? 0, at) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function valuesOf<S extends Schema>(table: Table<S>, column: string): Values {
  return table.typeOf(column) === "num" ? table.num(column as never) : table.text(column as never);
}

function copyOf<S extends Schema>(table: Table<S>, values: Values): Omit<Kept, "order" | "down"> {
  const isIn = new Uint8Array(table.end);
  for (let at = 0; at < table.end; at += 1) isIn[at] = table.isAlive(at) ? 1 : 0;
  return { values: values.slice(0, table.end), isIn };
}
