// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, renderHook, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Column } from "./grid";
import { GridRow } from "./GridRow";
import { useEarly } from "./useEarly";

const NAMES = ["a", "b"];
const columns: readonly Column[] = [
  { id: "name", label: "Name", width: "1fr", cell: (at) => NAMES[at], whole: (at) => `all of ${NAMES[at]}` },
  {
    id: "act",
    label: "Act",
    width: "1fr",
    isLate: true,
    cell: (at) => <button type="button">stop {NAMES[at]}</button>,
  },
];

interface How {
  index?: number;
  isBeyond?: boolean;
  of?: readonly Column[];
}

function row(position: number, isEarly: boolean, { index = 0, isBeyond = false, of = columns }: How = {}) {
  const grid = { current: { onSelect: vi.fn(), onOpen: vi.fn() } };
  const place = {
    id: String(position),
    index,
    top_px: 0,
    sortedBy: "name",
    isSelected: false,
    isGone: false,
  };
  return <GridRow {...place} {...{ grid, position, isEarly, isBeyond }} columns={of} version={1} />;
}

let frames: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => frames.push(draw));
  vi.stubGlobal("cancelAnimationFrame", () => void (frames = []));
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("of an early row the name is its own at once, its verbs only when it is drawn whole", () => {
  const { rerender } = render(row(0, false));
  const drawn = screen.getByRole("row");
  expect(drawn.textContent).toBe("astop a");
  rerender(row(1, true));
  expect(drawn.dataset["early"]).toBe("true"); // by which what it had is hidden
  expect(drawn.firstChild?.textContent).toBe("b");
  rerender(row(1, false));
  expect(drawn.textContent).toBe("bstop b");
  expect(drawn.dataset["early"]).toBe("false");
});

test("a row that is made early has no verbs at all until it is drawn whole", () => {
  const { rerender } = render(row(1, true));
  expect(screen.queryByRole("button")).toBeNull();
  rerender(row(1, false));
  expect(screen.getByRole("button").textContent).toBe("stop b");
});

test("out of sight a row stays what it was where it stands, and is drawn at once in another place", () => {
  const { rerender } = render(row(0, false));
  rerender(row(1, true, { isBeyond: true }));
  expect(screen.getByRole("row").textContent).toBe("astop a");
  rerender(row(1, true, { isBeyond: true, index: 3 }));
  expect(screen.getByRole("row").firstChild?.textContent).toBe("b");
});

test("the column that is sorted by is never late", () => {
  const sorted = columns.map((column) => (column.id === "act" ? { ...column, sortBy: "name" } : column));
  render(row(1, true, { of: sorted }));
  expect(screen.getByRole("button").textContent).toBe("stop b");
});

test("what a cell stands for is told while the pointer is there", () => {
  render(row(0, false));
  const [name] = screen.getAllByRole("gridcell");
  if (!name) throw new Error("no cell");
  fireEvent.pointerOver(name);
  expect(name.title).toBe("all of a");
  fireEvent.pointerOut(name);
  expect(name.title).toBe("");
});

test("early is what was not there before the asking, until behind the next frame", () => {
  const hook = renderHook(({ asked, shown }) => useEarly(asked, shown), {
    initialProps: { asked: "", shown: [1, 2] },
  });
  expect([1, 2, 3].map(hook.result.current)).toEqual([false, false, false]);
  hook.rerender({ asked: "cpu", shown: [2, 3] });
  expect([2, 3].map(hook.result.current)).toEqual([false, true]);
  hook.rerender({ asked: "cpu>", shown: [3, 4] }); // sooner than the frame: 3 was never drawn whole
  expect([3, 4].map(hook.result.current)).toEqual([true, true]);
  frames.at(-1)?.();
  act(() => void vi.advanceTimersByTime(1));
  expect([3, 4].map(hook.result.current)).toEqual([false, false]);
  hook.rerender({ asked: "cpu>", shown: [4, 5] }); // by scrolling
  expect([4, 5].map(hook.result.current)).toEqual([false, false]);
});
