// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Search, useAsked } from "./useAsked";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function shown(first: Search) {
  const sent: Search[] = [];
  const hook = renderHook(({ search }: { search: Search }) => useAsked(search, (next) => sent.push(next)), {
    initialProps: { search: first },
  });
  return { sent, hook, now: () => hook.result.current };
}

const type = ({ now }: ReturnType<typeof shown>, text: string): void => act(() => now().setQuery(text));
const wait = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));

test("what is typed shows at once; the address follows once, after the last key", () => {
  const list = shown({ sort: "name" });
  for (const text of ["w", "we", "web"]) {
    type(list, text);
    expect(list.now().query).toBe(text);
    wait(150);
  }
  expect(list.sent).toEqual([]);
  wait(100);
  expect(list.sent).toEqual([{ q: "web", sort: "name" }]);
});

test("who leaves the box, the list or the page has it in the address at once", () => {
  const list = shown({});
  type(list, "web");
  act(() => list.now().settle());
  expect(list.sent).toEqual([{ q: "web" }]);
  list.hook.rerender({ search: { q: "web" } });
  wait(1_000);
  act(() => list.now().settle());
  expect(list.sent).toHaveLength(1);
  type(list, "webs");
  act(() => void window.dispatchEvent(new Event("pagehide")));
  expect(list.sent.at(-1)).toEqual({ q: "webs" });
});

test("a sort goes into the address at once, and takes along what was typed just before", () => {
  const list = shown({ peek: "s-1" });
  type(list, "web");
  act(() => list.now().ask({ sort: "-cpu_millis" }));
  expect(list.now().sort).toBe("-cpu_millis");
  expect(list.sent).toEqual([{ peek: "s-1", q: "web", sort: "-cpu_millis" }]);
  list.hook.rerender({ search: { peek: "s-1", q: "web", sort: "-cpu_millis" } });
  wait(1_000);
  expect(list.sent).toHaveLength(1);
});

test("a sort shows at once; the address follows behind the frame that paints it, with what was typed", () => {
  const list = shown({ peek: "s-1" });
  type(list, "web");
  act(() => list.now().setSort("-cpu_millis"));
  expect(list.now().sort).toBe("-cpu_millis");
  expect(list.sent).toEqual([]);
  wait(50);
  expect(list.sent).toEqual([{ peek: "s-1", q: "web", sort: "-cpu_millis" }]);
  list.hook.rerender({ search: { peek: "s-1", q: "web", sort: "-cpu_millis" } });
  act(() => list.now().setSort("name"));
  act(() => void window.dispatchEvent(new Event("pagehide")));
  expect(list.sent.at(-1)).toEqual({ peek: "s-1", q: "web", sort: "name" });
  list.hook.rerender({ search: {} });
  expect(list.now()).toMatchObject({ query: "", sort: "" });
  wait(1_000);
  expect(list.sent).toHaveLength(2);
});

test("an echo does not take back what was typed since; what comes from outside wins", () => {
  const list = shown({});
  type(list, "we");
  wait(250);
  type(list, "web");
  list.hook.rerender({ search: { q: "we" } });
  expect(list.now().query).toBe("web");
  wait(250);
  list.hook.rerender({ search: { q: "web" } });
  list.hook.rerender({ search: { q: "we" } });
  expect(list.now().query).toBe("we");
  wait(1_000);
  expect(list.sent).toEqual([{ q: "we" }, { q: "web" }]);
});

test("typed and taken back before it was sent: Back to that very text still shows it", () => {
  const list = shown({});
  type(list, "w");
  type(list, "");
  list.hook.rerender({ search: { q: "w" } });
  expect(list.now().query).toBe("w");
});

test("gone with something not sent yet: nothing is written into the address of the next page", () => {
  const list = shown({});
  type(list, "web");
  list.hook.unmount();
  wait(1_000);
  expect(list.sent).toEqual([]);
});
