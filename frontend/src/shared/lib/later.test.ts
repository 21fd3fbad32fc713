// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { afterPaint } from "./afterPaint";
import { whenIdle } from "./idle";

let frames: (() => void)[] = [];
let idle: (() => void)[] = [];
const cancelled: number[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  frames = [];
  idle = [];
  cancelled.length = 0;
  vi.stubGlobal("requestAnimationFrame", (act: () => void) => frames.push(act));
  vi.stubGlobal("cancelAnimationFrame", () => void (frames = []));
  vi.stubGlobal("requestIdleCallback", (act: () => void) => idle.push(act));
  vi.stubGlobal("cancelIdleCallback", (handle: number) => cancelled.push(handle));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what follows the painting waits for a frame, and for the end of that frame", () => {
  const act = vi.fn();
  afterPaint(act);
  vi.advanceTimersByTime(1_000);
  expect(act).not.toHaveBeenCalled();
  frames[0]?.();
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
});

test("a hidden tab has no frames to wait for", () => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const act = vi.fn();
  afterPaint(act);
  expect(frames).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
});

test("called off before or after its frame, it does not happen", () => {
  const act = vi.fn();
  afterPaint(act)();
  expect(frames).toEqual([]);
  const callOff = afterPaint(act);
  frames[0]?.();
  callOff();
  vi.advanceTimersByTime(1_000);
  expect(act).not.toHaveBeenCalled();
});

test("pieces of work are done one at a time, and no more when they are called off", () => {
  const done: string[] = [];
  const callOff = whenIdle(["a", "b", "c"].map((piece) => () => void done.push(piece)));
  expect(done).toEqual([]);
  idle[0]?.();
  expect(done).toEqual(["a"]);
  idle[1]?.();
  callOff();
  expect(cancelled).toEqual([3]);
  idle[2]?.();
  expect(done).toEqual(["a", "b"]);
});

test("a browser that does not say when it is idle is given a moment between the pieces", () => {
  vi.stubGlobal("requestIdleCallback", undefined);
  Reflect.deleteProperty(window, "requestIdleCallback");
  const done: string[] = [];
  whenIdle(["a", "b"].map((piece) => () => void done.push(piece)));
  vi.advanceTimersByTime(50);
  expect(done).toEqual(["a"]);
  vi.advanceTimersByTime(50);
  expect(done).toEqual(["a", "b"]);
});
