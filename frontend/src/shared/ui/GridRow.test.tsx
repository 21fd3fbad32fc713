// @vitest-environment happy-dom
import { act, cleanup, render, renderHook, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Column } from "./grid";
import { GridRow } from "./GridRow";
import { useEarly } from "./useEarly";

const NAMES = ["a", "b"];
const columns: readonly Column[] = [
  { id: "name", label: "Name", width: "1fr", cell: (at) => NAMES[at] },
  {
    id: "act",
    label: "Act",
    width: "1fr",
    isLate: true,
    cell: (at) => <button type="button">stop {NAMES[at]}</button>,
  },
];

function row(position: number, isEarly: boolean) {
  const grid = { current: { onSelect: vi.fn(), onOpen: vi.fn() } };
  const place = { id: String(position), index: 0, top_px: 0, isSelected: false, isGone: false };
  return (
    <GridRow {...place} grid={grid} columns={columns} position={position} isEarly={isEarly} version={1} />
  );
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
