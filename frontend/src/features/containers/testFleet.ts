/** For tests: a fleet of a few containers and hosts, filled by the frames that a server would send. */
import { Fleet } from "@/live/fleet";
import type { Cell } from "@/live/frames";

export function fleetOf(
  containers: Readonly<Record<string, Cell>>[],
  hosts: Readonly<Record<string, Cell>>[] = [],
): Fleet {
  const fleet = new Fleet();
  for (const [kind, rows] of [
    ["hosts", hosts],
    ["containers", containers],
  ] as const) {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const cols = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
    const of = { t: "snap", sub: 1, epoch: "e", seq: 1, offset: 0, last: true } as const;
    fleet.accept({ ...of, kind, rows: rows.map((_, i) => i + 1), cols });
  }
  return fleet;
}
