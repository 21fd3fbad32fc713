/** CPU and memory of the last quarter of an hour per slot, as far as this console has seen them: rings, oldest first. */

const POINTS = 180; // a quarter of an hour at one reading in five seconds
const MOST_SLOTS = 5_000;

export interface Readings {
  at: number[];
  cpu_millis: number[];
  memory_bytes: number[];
}

class Ring {
  readonly at = new Float64Array(POINTS);
  readonly cpu = new Float64Array(POINTS);
  readonly memory = new Float64Array(POINTS);
  filled = 0;
  next = 0;
}

export class UsageHistory {
  private readonly rings = new Map<string, Ring>();

  record(slot: string, at_ms: number, cpu_millis: number, memory_bytes: number): void {
    let ring = this.rings.get(slot);
    if (!ring) {
      if (this.rings.size >= MOST_SLOTS) this.forgetOldest();
      ring = new Ring();
      this.rings.set(slot, ring);
    }
    ring.at[ring.next] = at_ms;
    ring.cpu[ring.next] = cpu_millis;
    ring.memory[ring.next] = memory_bytes;
    ring.next = (ring.next + 1) % POINTS;
    ring.filled = Math.min(ring.filled + 1, POINTS);
  }

  read(slot: string): Readings {
    const readings: Readings = { at: [], cpu_millis: [], memory_bytes: [] };
    const ring = this.rings.get(slot);
    if (!ring) return readings;
    const first = ring.filled < POINTS ? 0 : ring.next;
    for (let i = 0; i < ring.filled; i += 1) {
      const index = (first + i) % POINTS;
      readings.at.push(ring.at[index] ?? NaN);
      readings.cpu_millis.push(ring.cpu[index] ?? NaN);
      readings.memory_bytes.push(ring.memory[index] ?? NaN);
    }
    return readings;
  }

  private forgetOldest(): void {
    const oldest = this.rings.keys().next();
    if (!oldest.done) this.rings.delete(oldest.value);
  }
}
