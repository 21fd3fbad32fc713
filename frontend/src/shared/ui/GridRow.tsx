/** One row of a grid: what is looked at first at once, the rest behind the frame that shows what was asked for. */
import { memo, type RefObject } from "react";
import type { Column } from "./grid";
import styles from "./Grid.module.css";
import { forgetWhole, tellWhole } from "./wholeWords";

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
  /** The table's column that the list is sorted by: it is never late. */
  sortedBy: string;
  isSelected: boolean;
  isGone: boolean;
  /** Nobody sees it, and it waits with all of its columns until what is seen has been painted. */
  isBeyond: boolean;
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
      onPointerOver={(event) => tellWhole(event, (at) => columns[at]?.whole?.(position))}
      onPointerOut={forgetWhole}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a, button, input") !== null) return;
        grid.current.onSelect(id);
        grid.current.onOpen(id);
      }}
    >
      {columns.map((column, at) => {
        if (!column.isLate) {
          return (
            <div key={column.id} role="gridcell" className={styles.cell} data-number={column.isNumber}>
              {column.cell(position)}
            </div>
          );
        }
        const isLate = column.sortBy === undefined || column.sortBy !== row.sortedBy;
        return (
          <LateCell
            key={column.id}
            {...{ columns, at, position, version, isLate }}
            isEarly={isEarly && isLate}
          />
        );
      })}
    </div>
  );
}, isSame);

/** What is drawn is what would be drawn; or it is out of sight, where it may be what it was for a frame more. */
function isSame(before: Props, after: Props): boolean {
  if (after.isBeyond && before.index === after.index) return true;
  return (Object.keys(after) as (keyof Props)[]).every((name) => before[name] === after[name]);
}

/** Not drawn while the row is early: what it had stays, hidden by the style of the row. */
const LateCell = memo(
  function LateCell({ columns, at, position, isEarly, isLate }: Content & { at: number; isLate: boolean }) {
    const column = columns[at];
    return (
      <div
        role="gridcell"
        className={isLate ? `${styles.cell} ${styles.late}` : styles.cell}
        data-number={column?.isNumber}
      >
        {isEarly ? null : column?.cell(position)}
      </div>
    );
  },
  (before, after) =>
    before.isLate === after.isLate &&
    (after.isEarly ||
      (!before.isEarly &&
        before.position === after.position &&
        before.version === after.version &&
        before.columns === after.columns)),
);

export function rowId(key: string): string {
  return `row-${key}`;
}
