/** One clock for all that grows old on the screen: it goes while somebody reads it, and rests while the tab is hidden. */

const STEP_MS = 1_000;

class Seconds {
  now_ms = Date.now();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | null = null;

  subscribe = (listener: () => void): (() => void) => {
    if (this.timer === null) {
      this.now_ms = Date.now();
      this.timer = setInterval(this.step, STEP_MS);
    }
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0 || this.timer === null) return;
      clearInterval(this.timer);
      this.timer = null;
    };
  };

  private step = (): void => {
    if (document.hidden) return;
    this.now_ms = Date.now();
    for (const listener of this.listeners) listener();
  };
}

export const seconds = new Seconds();
