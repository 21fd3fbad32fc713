/**
 * Which drawn row shows which position. A row that stays on the screen stays what it is; one that comes is drawn into
 * one that went, which is much cheaper than to make it anew.
 */
export class RowKeys {
  private keys = new Map<number, number>();

  /** A key for each position, no two alike; the same positions get the same keys. */
  assign(positions: readonly number[]): readonly number[] {
    const next = new Map<number, number>();
    const taken = new Set<number>();
    for (const position of positions) {
      const key = this.keys.get(position);
      if (key === undefined) continue;
      next.set(position, key);
      taken.add(key);
    }
    let free = 0;
    for (const position of positions) {
      if (next.has(position)) continue;
      while (taken.has(free)) free += 1;
      next.set(position, free);
      taken.add(free);
    }
    this.keys = next;
    return positions.map((position) => next.get(position) ?? -1);
  }
}
