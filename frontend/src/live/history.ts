/**
 * CPU and memory of the last quarter of an hour per slot, as far as this console has seen them, oldest first. All slots
 * are read at the same moments: these stand here once, and each slot has one short ring of numbers.
 */

const POINTS = 90; // a quarter of an hour at one reading in ten seconds
/** So many rings more than slots may be left over from slots that went. */
const SPARE = 500;

export interface Readings {
  at: number[];
  cpu_millis: number[];
  memory_bytes: number[];
}

export class UsageHistory {
  private readonly moments = new Float64Array(POINTS).fill(NaN);
  /** CPU, and behind it memory. */
  private readonly rings = new Map<string, Float32Array>();
  private next = -1;

  /** A new moment; the oldest one is forgotten. `slots`: how many there are about to be read. */
  begin(at_ms: number, slots: number): void {
    this.next = (this.next + 1) % POINTS;
    this.moments[this.next] = at_ms;
    const isCrowded = this.rings.size > slots + SPARE;
    for (const [slot, ring] of this.rings) {
      ring[this.next] = NaN;
      if (isCrowded && ring.subarray(0, POINTS).every(Number.isNaN)) this.rings.delete(slot);
    }
  }

  record(slot: string, cpu_millis: number, memory_bytes: number): void {
    let ring = this.rings.get(slot);
    if (!ring) {
      ring = new Float32Array(2 * POINTS).fill(NaN);
      this.rings.set(slot, ring);
    }
    ring[this.next] = cpu_millis;
    ring[POINTS + this.next] = memory_bytes;
  }

  read(slot: string): Readings {
    const readings: Readings = { at: [], cpu_millis: [], memory_bytes: [] };
    const ring = this.rings.get(slot);
    if (!ring) return readings;
    for (let i = 1; i <= POINTS; i += 1) {
      const index = (this.next + i) % POINTS;
      const cpu_millis = ring[index] ?? NaN;
      if (Number.isNaN(cpu_millis)) continue;
      readings.at.push(this.moments[index] ?? NaN);
      readings.cpu_millis.push(cpu_millis);
      readings.memory_bytes.push(ring[POINTS + index] ?? NaN);
    }
    return readings;
  }
}
