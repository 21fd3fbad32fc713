import type { Sort } from "@/live/compare";
import type { Column } from "./grid";
import styles from "./Grid.module.css";

interface Props {
  columns: readonly Column[];
  sort: Sort;
  onSort: (column: Column) => void;
}

export function GridHead({ columns, sort, onSort }: Props) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {columns.map((column) => {
          const isSorted = column.sortBy !== undefined && column.sortBy === sort.column;
          const direction = sort.descending ? "descending" : "ascending";
          return (
            <div
              key={column.id}
              role="columnheader"
              className={styles.headCell}
              data-number={column.isNumber}
              aria-sort={isSorted ? direction : undefined}
            >
              {column.sortBy === undefined ? (
                (column.head ?? <span>{column.label}</span>)
              ) : (
                <button type="button" className={styles.sort} tabIndex={-1} onClick={() => onSort(column)}>
                  {column.label}
                  {isSorted && <span aria-hidden="true">{sort.descending ? " ▼" : " ▲"}</span>}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
