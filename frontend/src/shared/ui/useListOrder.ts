import { useCallback, useMemo, useReducer } from "react";
import type { Ranks, Sort } from "@/live/compare";
import { ListOrder, type Wish } from "@/live/order";
import type { Schema, Table } from "@/live/table";

export interface ShownOrder {
  positions: Int32Array;
  /** The filter and the sort that they are the answer to. */
  asked: string;
  /** How many rows a fresh order would move, add or take away. */
  moved: number;
  resort: () => void;
  /** Sorts ahead of the asking. */
  prepare: (sort: Sort, ranks?: Ranks) => void;
}

/** The order of a list at this tick: fresh, or kept while `isHeld`. */
export function useListOrder<S extends Schema>(table: Table<S>, wish: Wish, isHeld: boolean): ShownOrder {
  const order = useMemo(() => new ListOrder(table), [table]);
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  order.update(wish, isHeld, performance.now());
  const prepare = useCallback((sort: Sort, ranks?: Ranks) => order.prepare(sort, ranks), [order]);
  const resort = (): void => {
    order.release();
    drawAgain();
  };
  return { positions: order.positions, asked: wish.key, moved: order.moved, resort, prepare };
}
