/** The lines of one container as they come: bounded, with a count of what was let go from the top. */
import type { LogLine } from "./frames";

const MOST_LINES = 20_000;

export class LogBuffer {
  lines: LogLine[] = [];
  dropped = 0;
  /** Rises with every change: a snapshot for useSyncExternalStore. */
  revision = 0;
  ended: string | null = null;
  error: string | null = null;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = (): number => this.revision;

  /** A new stream starts with its own tail: what was there would come twice. */
  restart(): void {
    this.lines = [];
    this.dropped = 0;
    this.ended = null;
    this.error = null;
    this.tell();
  }

  append(lines: readonly LogLine[]): void {
    for (const line of lines) this.lines.push(line);
    // Cut in large steps: cutting one line off the top per line would copy everything each time.
    if (this.lines.length > MOST_LINES * 1.25) {
      this.dropped += this.lines.length - MOST_LINES;
      this.lines = this.lines.slice(-MOST_LINES);
    }
    this.tell();
  }

  end(reason: string): void {
    this.ended = reason;
    this.tell();
  }

  fail(message: string): void {
    this.error = message;
    this.tell();
  }

  private tell(): void {
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }
}
