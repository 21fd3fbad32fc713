import { expect, test } from "vitest";
import { extend, NO_TICKS, shownState, type Ticks, toggle, toggleAll, withoutIds } from "./ticks";

const ORDER = ["a", "b", "c", "d", "e"];
const ids = (ticks: Ticks): string => [...ticks.ids].sort().join("");

test("a tick is put and taken", () => {
  const one = toggle(NO_TICKS, "b");
  expect(ids(one)).toBe("b");
  expect(ids(toggle(one, "b"))).toBe("");
});

test("an extension reaches from its anchor, and what it leaves again is as it was", () => {
  const started = extend(toggle(NO_TICKS, "e"), ORDER, "b", "c");
  // The anchor is the row ticked last.
  expect(ids(started)).toBe("cde");
  const fresh = extend(NO_TICKS, ORDER, "b", "c");
  expect(ids(fresh)).toBe("bc");
  const further = extend(fresh, ORDER, "c", "d");
  expect(ids(further)).toBe("bcd");
  expect(ids(extend(further, ORDER, "d", "c"))).toBe("bc");
  expect(ids(extend(further, ORDER, "d", "a"))).toBe("ab");
});

test("an anchor that is gone from the list is replaced, a row that is not there changes nothing", () => {
  const ticks = toggle(NO_TICKS, "x");
  expect(ids(extend(ticks, ORDER, "a", "b"))).toBe("abx");
  expect(extend(ticks, ORDER, "a", "zz")).toBe(ticks);
});

test("all that are shown, then none of them; others stay", () => {
  const other = toggle(NO_TICKS, "x");
  const all = toggleAll(other, ORDER);
  expect(ids(all)).toBe("abcdex");
  expect(ids(toggleAll(all, ORDER))).toBe("x");
  expect(shownState(all, ORDER)).toBe("all");
  expect(shownState(toggle(all, "a"), ORDER)).toBe("some");
  expect(shownState(other, ORDER)).toBe("none");
  expect(shownState(NO_TICKS, [])).toBe("none");
});

test("what is gone is no longer ticked", () => {
  expect(ids(withoutIds(toggleAll(NO_TICKS, ORDER), ["a", "e", "zz"]))).toBe("bcd");
});
