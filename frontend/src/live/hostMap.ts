/** Where each host stands on the map: groups by zone, tiles in rows. Pure; the canvas draws what this says. */
import type { HostTable } from "./fleet";

export interface Zone {
  name: string;
  /** Positions in the table, by name. */
  positions: number[];
  failed: number;
  down: number;
}

/** Groups by the words of a column; hosts without one stand last. Null: all in one group. */
export function groupsOf(hosts: HostTable, column: "zone" | "state" | null): Zone[] {
  const zones = new Map<string, Zone>();
  const [names, states] = [hosts.text("name"), hosts.text("state")];
  const labels = column === null ? null : hosts.text(column);
  for (let at = 0; at < hosts.end; at += 1) {
    if (!hosts.isAlive(at)) continue;
    const name = labels?.[at] ?? "";
    const zone = zones.get(name) ?? { name, positions: [], failed: 0, down: 0 };
    zone.positions.push(at);
    zone.failed += hosts.num("failed")[at] || 0;
    zone.down += isDown(states[at] ?? "") ? 1 : 0;
    zones.set(name, zone);
  }
  const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
  for (const zone of zones.values()) zone.positions.sort((a, b) => order(names[a] ?? "", names[b] ?? ""));
  return [...zones.values()].sort(
    (a, b) => Number(a.name === "") - Number(b.name === "") || order(a.name, b.name),
  );
}

export function isDown(state: string): boolean {
  return state === "lost" || state === "engine-down";
}

export interface Tiles {
  width: number;
  height: number;
  gap: number;
  perRow: number;
  hasName: boolean;
}

const GAP = 3;

/** Few hosts get large tiles with their names; a thousand still fit on one screen. */
export function tilesFor(hostCount: number, width_px: number): Tiles {
  const [width, height, hasName] =
    hostCount <= 40
      ? ([132, 40, true] as const)
      : hostCount <= 400
        ? ([26, 26, false] as const)
        : ([17, 17, false] as const);
  const perRow = Math.max(1, Math.floor((width_px + GAP) / (width + GAP)));
  return { width, height, gap: GAP, perRow, hasName };
}

export function heightOf(tiles: Tiles, count: number): number {
  const rows = Math.ceil(count / tiles.perRow);
  return Math.max(0, rows * (tiles.height + tiles.gap) - tiles.gap);
}

export function placeOf(tiles: Tiles, index: number): { x: number; y: number } {
  return {
    x: (index % tiles.perRow) * (tiles.width + tiles.gap),
    y: Math.floor(index / tiles.perRow) * (tiles.height + tiles.gap),
  };
}

/** The tile under a point; null between tiles and behind the last one. */
export function tileAt(tiles: Tiles, count: number, x: number, y: number): number | null {
  const [stepX, stepY] = [tiles.width + tiles.gap, tiles.height + tiles.gap];
  const column = Math.floor(x / stepX);
  const isInside = x >= 0 && y >= 0 && x % stepX < tiles.width && y % stepY < tiles.height;
  const index = Math.floor(y / stepY) * tiles.perRow + column;
  return isInside && column < tiles.perRow && index < count ? index : null;
}
