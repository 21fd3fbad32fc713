// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TYPING_MS, useBehind } from "./useBehind";
import { useStable } from "./useStable";

const FRAME_MS = 16;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("a value follows behind the frame, and only the last of those that came before it", () => {
  const seen: string[] = [];
  const hook = renderHook(
    ({ value }) => {
      const behind = useBehind(value);
      seen.push(behind);
      return behind;
    },
    { initialProps: { value: "a" } },
  );
  hook.rerender({ value: "b" });
  act(() => void vi.advanceTimersByTime(1));
  expect(hook.result.current).toBe("a");
  hook.rerender({ value: "c" });
  act(() => void vi.advanceTimersByTime(2 * FRAME_MS));
  expect(hook.result.current).toBe("c");
  expect(seen).not.toContain("b");
});

test("what may wait for a pause does not come between quick keys", () => {
  const hook = renderHook(({ value }) => useBehind(value, { first: "", pause_ms: TYPING_MS }), {
    initialProps: { value: "a" },
  });
  for (const value of ["ab", "abc", "abcd"]) {
    act(() => void vi.advanceTimersByTime(TYPING_MS / 2 + FRAME_MS));
    expect(hook.result.current).toBe("");
    hook.rerender({ value });
  }
  act(() => void vi.advanceTimersByTime(TYPING_MS + 2 * FRAME_MS));
  expect(hook.result.current).toBe("abcd");
});

test("a function that stays the same calls the last one", () => {
  const told: string[] = [];
  const hook = renderHook(({ name }) => useStable((text: string) => told.push(`${name} ${text}`)), {
    initialProps: { name: "first" },
  });
  const before = hook.result.current;
  hook.rerender({ name: "second" });
  hook.result.current("hears");
  expect(hook.result.current).toBe(before);
  expect(told).toEqual(["second hears"]);
});
