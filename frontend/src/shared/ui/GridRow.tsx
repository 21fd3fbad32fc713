/** One row of a grid: what is looked at first at once, the rest behind the frame that shows what was asked for. */
import { memo, type RefObject } from "react";
import type { Column } from "./grid";
import styles from "./Grid.module.css";

interface Content {
  columns: readonly Column[];
  position: number;
  /** Its late columns show another object, or nothing, as long as this is so. */
  isEarly: boolean;
  /** Only so that another one draws the row again. */
  version: number;
}

interface Props extends Content {
  grid: RefObject<{ onSelect: (key: string) => void; onOpen: (key: string) => void }>;
  id: string;
  index: number;
  top_px: number;
  isSelected: boolean;
  isGone: boolean;
}

export const GridRow = memo(function GridRow({ grid, id, ...row }: Props) {
  const { columns, position, isEarly, version } = row;
  return (
    <div
      id={rowId(id)}
      role="row"
      aria-rowindex={row.index + 2}
      aria-selected={row.isSelected}
      className={styles.row}
      data-gone={row.isGone}
      data-early={isEarly}
      style={{ transform: `translateY(${row.top_px}px)` }}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a, button, input") !== null) return;
        grid.current.onSelect(id);
        grid.current.onOpen(id);
      }}
    >
      {columns.map((column, at) =>
        column.isLate ? (
          <LateCell key={column.id} {...{ columns, at, position, isEarly, version }} />
        ) : (
          <div key={column.id} role="gridcell" className={styles.cell} data-number={column.isNumber}>
            {column.cell(position)}
          </div>
        ),
      )}
    </div>
  );
});

/** Not drawn while the row is early: what it had stays, hidden by the style of the row. */
const LateCell = memo(
  function LateCell({ columns, at, position, isEarly }: Content & { at: number }) {
    const column = columns[at];
    return (
      <div role="gridcell" className={`${styles.cell} ${styles.late}`} data-number={column?.isNumber}>
        {isEarly ? null : column?.cell(position)}
      </div>
    );
  },
  (before, after) =>
    after.isEarly ||
    (!before.isEarly &&
      before.position === after.position &&
      before.version === after.version &&
      before.columns === after.columns),
);

export function rowId(key: string): string {
  return `row-${key}`;
}
