import { beforeEach, expect, test, vi } from "vitest";
import { Ticker } from "./ticks";

let isHidden = false;
let shown = (): void => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  isHidden = false;
  return () => vi.useRealTimers();
});

function tickerThat(counts: () => void): Ticker {
  const ticker = new Ticker({ isHidden: () => isHidden, onShown: (callback) => (shown = callback) });
  ticker.subscribe(counts);
  return ticker;
}

test("changes of states are gathered for a quarter of a second; what has come whole is told at once", () => {
  const told = vi.fn();
  const ticker = tickerThat(told);
  ticker.mark(true);
  vi.advanceTimersByTime(0);
  expect(told).toHaveBeenCalledTimes(1);
  ticker.mark(true);
  vi.advanceTimersByTime(200);
  expect(told).toHaveBeenCalledTimes(1);
  ticker.markWhole();
  vi.advanceTimersByTime(0);
  expect(told).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(told, "nothing is left to tell").toHaveBeenCalledTimes(2);
});

test("behind another tab even that waits until it is looked at", () => {
  const told = vi.fn();
  const ticker = tickerThat(told);
  isHidden = true;
  ticker.markWhole();
  vi.advanceTimersByTime(1_000);
  expect(told).not.toHaveBeenCalled();
  isHidden = false;
  shown();
  expect(told).toHaveBeenCalledTimes(1);
});
