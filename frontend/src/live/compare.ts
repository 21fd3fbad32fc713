/** Which of two rows stands before the other, by one column. Comes before the order of all rows and of a list. */
import type { Schema, Table } from "./table";

export interface Sort {
  column: string;
  descending: boolean;
}

export type Compare = (a: number, b: number) => number;
export type Ranks = Readonly<Record<string, number>>;

/** Of a word that has none: a newer server's. */
export const LAST_RANK = 99;

export function compareBy<S extends Schema>(table: Table<S>, sort: Sort, ranks?: Ranks): Compare {
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
  if (ranks)
    return (a, b) => sign * ((ranks[texts[a] ?? ""] ?? LAST_RANK) - (ranks[texts[b] ?? ""] ?? LAST_RANK));
  return (a, b) => {
    const left = texts[a] ?? "";
    const right = texts[b] ?? "";
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  };
}

function isNumber<S extends Schema>(table: Table<S>, column: string): boolean {
  return table.typeOf(column) === "num";
}
