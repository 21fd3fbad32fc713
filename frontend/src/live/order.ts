/**
 * Which rows a list shows, and in which order. The order is kept while somebody works in the list (pointer over it,
 * focus in it, scrolled): then only `moved` says that a fresh order would look different.
 */
import type { Schema, Table } from "./table";

export interface Sort {
  column: string;
  descending: boolean;
}

export interface Wish {
  /** Anything that names filter and sort: another key is the reader's own wish and re-orders at once. */
  key: string;
  test: (position: number) => boolean;
  compare: (a: number, b: number) => number;
}

/** A large list is compared with its fresh order at most this often; a small one whenever its shape changes. */
const RECHECK_MS = 1_000;
const SMALL = 5_000;

export class ListOrder<S extends Schema> {
  positions: Int32Array = new Int32Array(0);
  /** Rows that would stand elsewhere, be new or be gone in a fresh order. */
  moved = 0;
  private key: string | null = null;
  private checkedAt = -Infinity;
  private shape = -1;

  constructor(private readonly table: Table<S>) {}

  update(wish: Wish, isHeld: boolean, now_ms: number): void {
    const isAsked = wish.key !== this.key;
    const isReshaped = this.table.shape !== this.shape && this.table.count < SMALL;
    if (!isAsked && !isReshaped && now_ms - this.checkedAt < RECHECK_MS) return;
    this.checkedAt = now_ms;
    this.shape = this.table.shape;
    const fresh = arrange(this.table, wish);
    this.key = wish.key;
    if (!isAsked && isHeld) {
      this.moved = difference(this.positions, fresh);
      return;
    }
    this.positions = fresh;
    this.moved = 0;
    this.table.sweep();
  }

  /** The next update re-orders, held or not. */
  release(): void {
    this.key = null;
  }
}

export function arrange<S extends Schema>(table: Table<S>, wish: Wish): Int32Array {
  const found: number[] = [];
  for (let position = 0; position < table.end; position += 1) {
    if (table.isAlive(position) && wish.test(position)) found.push(position);
  }
  // Ties keep their order by position, so that equal rows never change places.
  return Int32Array.from(found.sort((a, b) => wish.compare(a, b) || a - b));
}

function difference(shown: Int32Array, fresh: Int32Array): number {
  let count = Math.abs(shown.length - fresh.length);
  const shared = Math.min(shown.length, fresh.length);
  for (let i = 0; i < shared; i += 1) if (shown[i] !== fresh[i]) count += 1;
  return count;
}

export function compareBy<S extends Schema>(
  table: Table<S>,
  sort: Sort,
  ranks?: Readonly<Record<string, number>>,
): Wish["compare"] {
  const sign = sort.descending ? -1 : 1;
  if (isNumber(table, sort.column)) {
    const values = table.num(sort.column as never);
    // Unknown values stand last in both directions.
    return (a, b) => {
      const left = values[a] ?? NaN;
      const right = values[b] ?? NaN;
      if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
      return Number.isNaN(right) ? -1 : sign * (left - right);
    };
  }
  const texts = table.text(sort.column as never);
  if (ranks) return (a, b) => sign * ((ranks[texts[a] ?? ""] ?? 99) - (ranks[texts[b] ?? ""] ?? 99));
  return (a, b) => {
    const left = texts[a] ?? "";
    const right = texts[b] ?? "";
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  };
}

function isNumber<S extends Schema>(table: Table<S>, column: string): boolean {
  return table.typeOf(column) === "num";
}
