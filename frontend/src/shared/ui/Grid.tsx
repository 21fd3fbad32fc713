import { observeElementRect, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Sort } from "@/live/compare";
import { useKeys } from "../lib/keys";
import { keepPlace, placeOf } from "../lib/place";
import { nextSort, step } from "./grid";
import { GridHead } from "./GridHead";
import { rowId } from "./GridRow";
import { GridRows, type OfList } from "./GridRows";
import styles from "./Grid.module.css";

const ROW_PX = 28;
const PAGE_ROWS = 20;
/** Drawn beyond what is seen, on either side: each costs as much as one that is seen. */
const OVERSCAN_ROWS = 4;

interface Props extends OfList {
  label: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onSelect: (key: string) => void;
  onOpen: (key: string) => void;
  /** Shift and a move: from which row to which one. None: Shift makes no difference. */
  onExtend?: (from: string, to: string) => void;
  /** True while the order must not change: pointer over it, focus in it, or scrolled. */
  onHold: (isHeld: boolean) => void;
}

/** A virtual list with one tab stop. It draws what is on screen and moves a selection; the order is its owner's. */
export function Grid(props: Props) {
  const { columns, positions, keyOf, selected } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useLatest(props);
  const place = usePlace(props);
  const hold = useHold(scroller, props.onHold, place.onScroll);
  const rows = useVirtualizer({
    count: positions.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    overscan: OVERSCAN_ROWS,
    observeElementRect: observeFull,
    initialOffset: place.first_px,
  });
  useOwnFocus(scroller);
  const selectedIndex =
    selected === null ? -1 : positions.findIndex((position) => keyOf(position) === selected);

  const keys = useMoves(props, { selectedIndex, scroller, scrollTo: (index) => rows.scrollToIndex(index) });
  const tracks = { ["--columns" as string]: columns.map((column) => column.width).join(" ") };
  return (
    <div className={styles.frame} {...hold.pointer} style={tracks}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label={props.label}
        data-asked={props.asked}
        aria-rowcount={positions.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={selectedIndex >= 0 ? rowId(selected ?? "") : undefined}
        tabIndex={0}
        onKeyDown={keys}
        onScroll={hold.onScroll}
        onFocus={hold.onFocus}
        onBlur={hold.onBlur}
      >
        <GridHead
          columns={columns}
          sort={props.sort}
          onSort={(column) =>
            props.onSort(nextSort(props.sort, column.sortBy ?? column.id, column.isNumber ?? false))
          }
        />
        <GridRows
          list={props}
          latest={latest}
          items={rows.getVirtualItems()}
          seen={rows.range}
          height_px={rows.getTotalSize()}
        />
      </div>
    </div>
  );
}

const rowHeight = (): number => ROW_PX;

/** A list of nothing may be only its head: rows that come back have the room they had at once, not a frame later. */
const observeFull: typeof observeElementRect = (rows, tell) =>
  observeElementRect(rows, (rect) => {
    const isEmptied = rows.options.count === 0 && rect.height < (rows.scrollRect?.height ?? 0);
    if (!isEmptied) tell(rect);
  });

/** What has the focus in a row keeps it only as long as it is that row's: drawn into another one, the list has it. */
function useOwnFocus(scroller: RefObject<HTMLDivElement | null>): void {
  const owner = useRef<{ element: Element; row: string } | null>(null);
  useLayoutEffect(() => {
    const element = document.activeElement;
    const row = scroller.current?.contains(element) ? element?.closest("[role=row][id]")?.id : undefined;
    const had = owner.current;
    owner.current = element && row !== undefined ? { element, row } : null;
    if (had === null || had.element !== element || had.row === row) return;
    owner.current = null;
    scroller.current?.focus({ preventScroll: true });
  });
}

/** What the last drawing was given, for those that outlive it. */
function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

interface Place {
  selectedIndex: number;
  scroller: RefObject<HTMLDivElement | null>;
  scrollTo: (index: number) => void;
}

/** The keyboard: in the grid all keys move; elsewhere j, k and Enter do, unless something else wants them. */
function useMoves(grid: Props, { selectedIndex, scroller, scrollTo }: Place): (event: KeyboardEvent) => void {
  const { positions, selected } = grid;
  const move = (key: string, isExtending = false): boolean => {
    const next = step(key, selectedIndex, positions.length, PAGE_ROWS);
    const position = next === null ? undefined : positions[next];
    if (next === null || position === undefined) return false;
    const to = grid.keyOf(position);
    grid.onSelect(to);
    if (isExtending) grid.onExtend?.(selected ?? to, to);
    scrollTo(next);
    return true;
  };
  // The focus comes along, so that the keys that follow reach the grid and not the link pressed before.
  const enter = (key: string, isExtending = false): boolean => {
    scroller.current?.focus({ preventScroll: true });
    return move(key, isExtending);
  };
  const canExtend = grid.onExtend !== undefined;
  useKeys({
    j: () => enter("j"),
    k: () => enter("k"),
    J: () => canExtend && enter("j", true),
    K: () => canExtend && enter("k", true),
    Enter: (event) => {
      // A focused link or button keeps its own Enter.
      if (event.target !== document.body || selected === null) return false;
      grid.onOpen(selected);
      return true;
    },
  });
  return (event) => {
    if (event.target instanceof Element && event.target.closest("a, button") !== null) return;
    if (event.key === "Enter" && selected !== null) grid.onOpen(selected);
    else if (event.key === "Escape") scroller.current?.blur();
    else if (!move(event.key, event.shiftKey && canExtend)) return;
    event.preventDefault();
  };
}

interface KeptPlace {
  first_px: number;
  onScroll: (top_px: number) => void;
}

/** Back finds the list where it was left. Answers how far it was scrolled then. */
function usePlace({ label, selected, onSelect }: Props): KeptPlace {
  const [first] = useState(() => placeOf(label));
  const wanted = useRef(first?.selected ?? null);
  // As the last scrolling said: to ask the element after every drawing would lay the page out twice.
  const top_px = useRef(first?.top_px ?? 0);
  useEffect(() => {
    if (wanted.current !== null && selected === null) onSelect(wanted.current);
    wanted.current = null;
  }, [selected, onSelect]);
  const keep = (): void => keepPlace(label, { top_px: top_px.current, selected });
  // Also without a scroll of its own: another filter or sort makes another entry of the history.
  useEffect(keep);
  const onScroll = (now_px: number): void => {
    top_px.current = now_px;
  };
  return { first_px: first?.top_px ?? 0, onScroll };
}

interface Hold {
  pointer: { onPointerEnter: () => void; onPointerLeave: () => void };
  onScroll: () => void;
  onFocus: () => void;
  onBlur: () => void;
}

function useHold(
  scroller: RefObject<HTMLDivElement | null>,
  tell: (isHeld: boolean) => void,
  onScrolled: (top_px: number) => void,
): Hold {
  const why = useRef({ pointer: false, focus: false, scrolled: false });
  const set = (part: Partial<typeof why.current>): void => {
    const before = Object.values(why.current).some(Boolean);
    why.current = { ...why.current, ...part };
    const after = Object.values(why.current).some(Boolean);
    if (before !== after) tell(after);
  };
  return {
    pointer: {
      onPointerEnter: () => set({ pointer: true }),
      onPointerLeave: () => set({ pointer: false }),
    },
    onScroll: () => {
      const top_px = scroller.current?.scrollTop ?? 0;
      onScrolled(top_px);
      set({ scrolled: top_px > 0 });
    },
    onFocus: () => set({ focus: true }),
    onBlur: () => set({ focus: false }),
  };
}
