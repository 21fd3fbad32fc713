// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { Profiler } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Age } from "./Age";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const wait = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));

test("an age grows by itself, is drawn anew only when its words change, and rests in a hidden tab", () => {
  const drawn = vi.fn();
  const since_ms = Date.now() - 58_000;
  const { container, unmount } = render(
    <Profiler id="age" onRender={drawn}>
      <Age since_ms={since_ms} />
    </Profiler>,
  );
  expect(container.textContent).toBe("58s");
  wait(1_000);
  expect(container.textContent).toBe("59s");
  wait(1_000);
  expect(container.textContent).toBe("1m");
  const count = drawn.mock.calls.length;
  wait(30_000);
  expect(drawn).toHaveBeenCalledTimes(count);
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  wait(60_000);
  expect(container.textContent).toBe("1m");
  hidden.mockReturnValue(false);
  wait(1_000);
  expect(container.textContent).toBe("2m");
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});
