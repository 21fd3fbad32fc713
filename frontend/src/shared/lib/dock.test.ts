// @vitest-environment happy-dom
import { expect, test } from "vitest";
import {
  clampHeight,
  type DockState,
  EMPTY_DOCK,
  heightByKey,
  LEAST_HEIGHT_PX,
  neighbour,
  readDock,
  withoutTab,
  withTab,
} from "./dock";

function dockOf(...ids: string[]): DockState {
  return ids.reduce((state, id) => withTab(state, { project: "p", id, name: id }), EMPTY_DOCK);
}
const ids = (state: DockState): string[] => state.tabs.map((tab) => tab.id);

test("a tab that is there comes on top, a new one is added", () => {
  const state = withTab(dockOf("a", "b"), { project: "p", id: "a", name: "a" });
  expect(ids(state)).toEqual(["a", "b"]);
  expect(state).toMatchObject({ active: "a", isOpen: true });
});

test("the ninth tab takes the place of the oldest that is not on top", () => {
  const full = { ...dockOf("a", "b", "c", "d", "e", "f", "g", "h"), active: "a" };
  expect(ids(withTab(full, { project: "p", id: "i", name: "i" }))).toEqual([
    "a",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
  ]);
});

test("closing brings the right neighbour on top, then the left one, then closes the dock", () => {
  const middle = withoutTab({ ...dockOf("a", "b", "c"), active: "b" }, "b");
  expect(middle.active).toBe("c");
  const left = withoutTab(middle, "c");
  expect(left.active).toBe("a");
  expect(withoutTab(left, "a")).toMatchObject({ tabs: [], active: null, isOpen: false });
  expect(withoutTab(dockOf("a", "b"), "a").active).toBe("b");
});

test("the neighbours go around the ends", () => {
  expect(neighbour(dockOf("a", "b", "c"), 1)).toBe("a");
  expect(neighbour({ ...dockOf("a", "b"), active: "a" }, -1)).toBe("b");
  expect(neighbour(EMPTY_DOCK, 1)).toBeNull();
});

test("its height stays within the window", () => {
  expect(clampHeight(5, 1_000)).toBe(LEAST_HEIGHT_PX);
  expect(clampHeight(5_000, 1_000)).toBe(700);
  expect(heightByKey("ArrowUp", 300, 1_000)).toBe(324);
  expect(heightByKey("End", 300, 1_000)).toBe(LEAST_HEIGHT_PX);
  expect(heightByKey("x", 300, 1_000)).toBeNull();
});

test("what was kept is read with care", () => {
  expect(readDock("{broken")).toBe(EMPTY_DOCK);
  expect(readDock('{"tabs": 3}')).toBe(EMPTY_DOCK);
  const kept = { ...dockOf("a", "b"), active: "gone", tabs: [...dockOf("a", "b").tabs, { id: 3 }] };
  expect(readDock(JSON.stringify(kept))).toEqual({ ...dockOf("a", "b"), active: "a" });
});
