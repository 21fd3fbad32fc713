import { expect, test } from "vitest";
import { Fleet } from "./fleet";
import type { Cell, Columns, FleetKind } from "./frames";
import { groupsOf, heightOf, placeOf, tileAt, tilesFor } from "./hostMap";
import { containerFilter } from "./query";
import { causeQuery, findCauses, fleetUsage, summarize } from "./summary";

const NOW = 1_000_000;
type Row = Record<string, Cell>;

function snapshot(fleet: Fleet, kind: FleetKind, rows: Row[]): void {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const cols: Columns = Object.fromEntries(
    [...names].map((name) => [name, rows.map((row) => row[name] ?? null)]),
  );
  const ids = rows.map((_, index) => index + 1);
  fleet.accept({ t: "snap", sub: 1, epoch: "1", seq: 1, kind, offset: 0, rows: ids, cols, last: true });
}

function fleetOf(containers: Row[], hosts: Row[] = []): Fleet {
  const fleet = new Fleet();
  snapshot(fleet, "hosts", hosts);
  snapshot(
    fleet,
    "containers",
    containers.map((row, index) => ({ slot: `s${index}`, name: `c${index}`, since: 0, ...row })),
  );
  return fleet;
}

test("a fleet is healthy until something is broken, waits for long, or a host is down", () => {
  const well: Row[] = [{ state: "running" }, { state: "stopped" }, { state: "pending", since: NOW - 2_000 }];
  expect(summarize(fleetOf(well), NOW)).toMatchObject({ isHealthy: true, containers: 3, waiting: 0 });
  const waits = [...well, { state: "pending", since: NOW - 60_000 }];
  expect(summarize(fleetOf(waits), NOW)).toMatchObject({ isHealthy: false, waiting: 1 });
  const down = summarize(fleetOf(well, [{ name: "a", state: "lost" }]), NOW);
  expect(down).toMatchObject({ isHealthy: false, hostsDown: 1, broken: 0 });
});

test("broken containers are counted with the hosts that hold them", () => {
  const rows: Row[] = [
    { state: "failed", host: "a" },
    { state: "failed", host: "a" },
    { state: "unknown", host: "b" },
    { state: "running", host: "c" },
  ];
  const summary = summarize(fleetOf(rows), NOW);
  expect(summary).toMatchObject({ broken: 3, failed: 2, failedHosts: 1, isHealthy: false });
  expect(summary.states.get("failed")).toBe(2);
});

test("causes: hosts first, then groups by reason and image, and a query that finds the same containers", () => {
  const rows: Row[] = [
    { state: "failed", reason: "exited", image: "r/web:1", message: "old", since: 1 },
    { state: "failed", reason: "exited", image: "r/web:1", message: "young", since: 5 },
    { state: "failed", reason: "image-missing", image: "r/web:1", since: 2 },
    { state: "unknown", host: "b", image: "r/db:1" },
    { state: "pending", since: NOW - 1, image: "r/new:1" },
    { state: "running", image: "r/web:1" },
  ];
  const fleet = fleetOf(rows, [
    { name: "b", state: "suspect" },
    { name: "a", state: "engine-down" },
    { name: "c", state: "ready" },
  ]);
  const causes = findCauses(fleet, NOW);
  expect(causes.map((cause) => [cause.state, cause.about, cause.count])).toEqual([
    ["engine-down", "a", 0],
    ["suspect", "b", 0],
    ["failed", "r/web:1", 2],
    ["failed", "r/web:1", 1],
    ["unknown", "b", 1],
  ]);
  const [, , exited] = causes;
  expect(exited).toMatchObject({ message: "young", since: 1 });
  const test = containerFilter(fleet.containers, exited ? causeQuery(exited) : "");
  expect([0, 1, 2, 3, 4, 5].filter(test)).toEqual([0, 1]);
});

test("two that wait for different reasons are two causes, whatever their image", () => {
  const rows: Row[] = ["lacks memory", "no gpu", "no gpu"].map((message) => ({
    ...{ state: "pending", reason: "no-host", image: "r/job:1", since: NOW - 60_000, message },
  }));
  const causes = findCauses(fleetOf(rows), NOW);
  expect(causes.map((cause) => [cause.message, cause.count])).toEqual([
    ["no gpu", 2],
    ["lacks memory", 1],
  ]);
});

test("what the hosts use together leaves out hosts without a reading", () => {
  const hosts = [
    { name: "a", cpu_used: 500, cpu_capacity: 1_000, memory_used: 1, memory_capacity: 4 },
    { name: "b", cpu_used: null, cpu_capacity: 9_000, memory_used: null, memory_capacity: 9 },
  ];
  expect(fleetUsage(fleetOf([], hosts))).toEqual({
    cpu_used: 500,
    cpu_capacity: 1_000,
    memory_used: 1,
    memory_capacity: 4,
  });
});

test("the map: zones by name, none last, and the tile under a point is the one drawn there", () => {
  const { hosts } = fleetOf(
    [],
    [
      { name: "x", zone: "", state: "ready" },
      { name: "b2", zone: "ber", state: "lost", failed: 2 },
      { name: "b1", zone: "ber", state: "ready", failed: 1 },
    ],
  );
  const zones = groupsOf(hosts, "zone");
  expect(zones.map(({ name, failed, down }) => [name, failed, down])).toEqual([
    ["ber", 3, 1],
    ["", 0, 0],
  ]);
  expect(zones[0]?.positions.map((at) => hosts.text("name")[at])).toEqual(["b1", "b2"]);
  const all = groupsOf(hosts, null);
  expect(all.map(({ name, failed, down }) => [name, failed, down])).toEqual([["", 3, 1]]);
  expect(groupsOf(hosts, "state").reduce((sum, group) => sum + group.positions.length, 0)).toBe(hosts.count);
  const tiles = tilesFor(1_000, 800);
  for (const index of [0, 1, tiles.perRow - 1, tiles.perRow, 99]) {
    const { x, y } = placeOf(tiles, index);
    expect(tileAt(tiles, 100, x + 1, y + 1)).toBe(index);
    expect(tileAt(tiles, 100, x + tiles.width + 1, y + 1)).toBeNull();
  }
  expect(tileAt(tiles, 100, 1, heightOf(tiles, 100) + 5)).toBeNull();
  expect(tilesFor(3, 800).hasName).toBe(true);
});
