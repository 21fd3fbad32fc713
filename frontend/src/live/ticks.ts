/**
 * When to draw: changes are gathered and readers told every quarter of a second, at once for the first change of a
 * state after a quarter without one, and not at all while the tab is hidden (one telling on return).
 */

const TICK_MS = 250;

export interface Page {
  isHidden(): boolean;
  onShown(callback: () => void): void;
}

export class Ticker {
  /** Rises with every telling: a snapshot for useSyncExternalStore. */
  revision = 0;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private toldAt = -Infinity;
  private urgentToldAt = -Infinity;
  private dirty = false;
  private isUrgent = false;

  constructor(private readonly page: Page) {
    page.onShown(() => {
      if (this.dirty) this.tell();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = (): number => this.revision;

  mark(urgent: boolean): void {
    this.dirty = true;
    this.isUrgent ||= urgent;
    if (this.page.isHidden()) return;
    // A measurement that was told a moment ago does not hold up a change of state: only another one does.
    const quiet_ms = performance.now() - (urgent ? this.urgentToldAt : this.toldAt);
    if (urgent && quiet_ms >= TICK_MS) this.plan(0);
    else this.plan(Math.max(0, Math.min(TICK_MS, TICK_MS - quiet_ms)) || TICK_MS);
  }

  /** What somebody waits for has come whole: told at once, whatever was told a moment ago. */
  markWhole(): void {
    this.dirty = true;
    this.isUrgent = true;
    if (!this.page.isHidden()) this.plan(0);
  }

  private plan(delay_ms: number): void {
    if (this.timer !== null) {
      if (delay_ms > 0) return;
      clearTimeout(this.timer);
    }
    this.timer = setTimeout(() => this.tell(), delay_ms);
  }

  private tell(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.page.isHidden()) return;
    this.dirty = false;
    this.toldAt = performance.now();
    if (this.isUrgent) this.urgentToldAt = this.toldAt;
    this.isUrgent = false;
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }
}
