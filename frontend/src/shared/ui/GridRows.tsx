/** The rows of a grid that are drawn, each with the drawing that shows it. */
import type { VirtualItem } from "@tanstack/react-virtual";
import { useRouter } from "@tanstack/react-router";
import { type MouseEvent, type RefObject, useRef, useState } from "react";
import type { Column } from "./grid";
import styles from "./Grid.module.css";
import { GridRow } from "./GridRow";
import { RowKeys } from "./rowKeys";
import { followed } from "./rowLink";
import { useEarly } from "./useEarly";

/** What of the list each row is drawn from. */
export interface OfList {
  columns: readonly Column[];
  positions: Int32Array;
  /** Names the filter and the sort that the positions are the answer to. */
  asked?: string;
  keyOf: (position: number) => string;
  isGone: (position: number) => boolean;
  /** Rises when a row changes. With it a row is drawn again only then, and when `columns` is another array. */
  versionOf?: (position: number) => number;
  sort: { column: string };
  selected: string | null;
}

interface Props {
  list: OfList;
  latest: RefObject<{ onSelect: (key: string) => void; onOpen: (key: string) => void }>;
  items: readonly VirtualItem[];
  /** What of them is on the screen; null: not known yet. */
  seen: { startIndex: number; endIndex: number } | null;
  height_px: number;
}

export function GridRows({ list, latest, items, seen, height_px }: Props) {
  const router = useRouter();
  const drawings = useRef(0);
  drawings.current += 1;
  const drawn = useDrawn(items, list);
  const isSeen = (index: number): boolean =>
    seen === null || (index >= seen.startIndex && index <= seen.endIndex);
  const follow = (event: MouseEvent): void => {
    const href = followed(event);
    if (href === null) return;
    event.preventDefault();
    void router.navigate({ href });
  };
  return (
    <div className={styles.rows} role="rowgroup" style={{ height: height_px }} onClick={follow}>
      {drawn.map(({ item, position, drawing, isEarly }) => {
        const key = list.keyOf(position);
        return (
          <GridRow
            key={drawing}
            grid={latest}
            columns={list.columns}
            position={position}
            id={key}
            index={item.index}
            top_px={item.start}
            sortedBy={list.sort.column}
            isSelected={key === list.selected}
            isGone={list.isGone(position)}
            isEarly={isEarly}
            isBeyond={isEarly && !isSeen(item.index)}
            version={list.versionOf?.(position) ?? drawings.current}
          />
        );
      })}
    </div>
  );
}

/** What is drawn, each with the drawing that shows it. */
function useDrawn(items: readonly VirtualItem[], { positions, asked = "" }: OfList) {
  const [rowKeys] = useState(() => new RowKeys());
  const shown = items.map((item) => positions[item.index] ?? -1);
  const drawings = rowKeys.assign(shown);
  const isEarly = useEarly(asked, shown);
  return items.map((item, i) => {
    const position = shown[i] ?? -1;
    return { item, position, drawing: drawings[i] ?? -1, isEarly: isEarly(position) };
  });
}
