/** What a list is made of: shared by the grid and the pages that describe their columns to it. */
import type { ReactNode } from "react";
import type { Sort } from "@/live/compare";

export interface Column {
  id: string;
  label: string;
  /** What stands in the head instead of the label. */
  head?: ReactNode;
  /** A CSS track: `120px`, `minmax(140px, 2fr)`. */
  width: string;
  /** The table's column to sort by; none: this column does not sort. */
  sortBy?: string;
  isNumber?: boolean;
  /** Drawn behind the frame that shows what was asked for, unless the list is sorted by it: nobody looks there first. */
  isLate?: boolean;
  cell: (position: number) => ReactNode;
  /** What the cell stands for, where it shows less than that; told while the pointer is over it. */
  whole?: (position: number) => string | undefined;
}

export function nextSort(sort: Sort, column: string, isNumber: boolean): Sort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: isNumber };
}

/** Sort in the address: `-cpu_millis` is descending. */
export function readSort(text: string | undefined, fallback: Sort): Sort {
  if (text === undefined || text === "") return fallback;
  return text.startsWith("-")
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

export function writeSort(sort: Sort): string {
  return `${sort.descending ? "-" : ""}${sort.column}`;
}

/** Where the selection goes: by key, clamped to the list. */
export function step(key: string, index: number, count: number, pageRows: number): number | null {
  const moves: Record<string, number> = {
    ArrowDown: index + 1,
    j: index + 1,
    ArrowUp: index - 1,
    k: index - 1,
    PageDown: index + pageRows,
    PageUp: index - pageRows,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  if (next === undefined || count === 0) return null;
  return Math.max(0, Math.min(count - 1, next));
}
