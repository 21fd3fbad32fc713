/**
 * Which rows a list shows, and in which order. The order is kept while somebody works in the list (pointer over it,
 * focus in it, scrolled): then only `moved` says that a fresh order would look different.
 */
import type { Compare, Ranks, Sort } from "./compare";
import { SortedRows } from "./sorted";
import type { Schema, Table } from "./table";

type Test = (position: number) => boolean;

export interface Wish {
  /** Anything that names filter and sort: another key is the reader's own wish and re-orders at once. */
  key: string;
  test: Test;
  sort: Sort;
  /** Of words whose order is not that of the alphabet. */
  ranks?: Ranks | undefined;
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

  private readonly sorted: SortedRows<S>;

  constructor(private readonly table: Table<S>) {
    this.sorted = new SortedRows(table);
  }

  update(wish: Wish, isHeld: boolean, now_ms: number): void {
    const isAsked = wish.key !== this.key;
    const isReshaped = this.table.shape !== this.shape && this.table.count < SMALL;
    if (!isAsked && !isReshaped && now_ms - this.checkedAt < RECHECK_MS) return;
    this.checkedAt = now_ms;
    this.shape = this.table.shape;
    const fresh = this.sorted.read(wish.sort, wish.ranks).filter(wish.test);
    this.key = wish.key;
    if (!isAsked && isHeld) {
      this.moved = difference(this.positions, fresh);
      return;
    }
    this.positions = fresh;
    this.moved = 0;
    this.table.sweep();
  }

  /** Sorts ahead, so that whoever asks for this sort later need not wait for it. */
  prepare(sort: Sort, ranks?: Ranks): void {
    this.sorted.read(sort, ranks);
  }

  /** The next update re-orders, held or not. */
  release(): void {
    this.key = null;
  }
}

/** A few rows of many, once; a list that is shown keeps its order instead. */
export function arrange<S extends Schema>(
  table: Table<S>,
  wish: { test: Test; compare: Compare },
): Int32Array {
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
