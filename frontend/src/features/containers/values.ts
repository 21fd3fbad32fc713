/**
 * The values that are there, and how many containers have each. A large fleet changes with every frame and is counted
 * once in a second at most, however fast somebody types. Comes before the completions and the notes of the filter.
 */
import type { Fleet } from "@/live/fleet";
import { CONTAINER_LOOK } from "@/shared/ui/status";
import { portNumbers } from "./filter";

export type Counts = ReadonlyMap<string, number>;

const COUNT_AGAIN_MS = 1_000;
/** Fewer containers are counted whenever they changed. */
const SMALL = 5_000;
/** Their words are given by the API, and stay right when nothing is in that state now. */
const HEALTH = ["healthy", "unhealthy", "starting", "none", "unknown"];

interface Counted {
  counts: Counts;
  shape: string;
  at_ms: number;
}

const kept = new WeakMap<Fleet, Map<string, Counted>>();

/** The values of a key and how many containers have each; null: nothing can be said about its values. */
export function valuesOf(fleet: Fleet, key: string, now_ms = performance.now()): Counts | null {
  let known = kept.get(fleet);
  if (!known) kept.set(fleet, (known = new Map<string, Counted>()));
  const before = known.get(key);
  const shape = `${fleet.containers.shape} ${fleet.hosts.shape}`;
  const isLarge = fleet.containers.count >= SMALL;
  if (before && (before.shape === shape || (isLarge && now_ms - before.at_ms < COUNT_AGAIN_MS)))
    return before.counts;
  const counts = count(fleet, key);
  if (counts !== null) known.set(key, { counts, shape, at_ms: now_ms });
  return counts;
}

function count(fleet: Fleet, key: string): Counts | null {
  switch (key) {
    case "state":
      return countText(fleet, "state", Object.keys(CONTAINER_LOOK));
    case "health":
      return countText(fleet, "health", HEALTH);
    case "host":
      return countText(fleet, "host", aliveHosts(fleet, "name"));
    case "image":
      return countText(fleet, "image", []);
    case "name":
      return countText(fleet, "name", []);
    case "reason":
      return countText(fleet, "reason", []);
    case "zone":
      return countZones(fleet);
    case "port":
      return countPorts(fleet);
    default:
      return null;
  }
}

type CountedColumn = "state" | "health" | "host" | "image" | "name" | "reason";

function countText(fleet: Fleet, column: CountedColumn, always: readonly string[]): Counts {
  const counts = new Map(always.map((value) => [value, 0]));
  const values = fleet.containers.text(column);
  forAlive(fleet, (at) => add(counts, values[at] ?? ""));
  return counts;
}

function countZones(fleet: Fleet): Counts {
  const [names, zones] = [aliveHosts(fleet, "name"), aliveHosts(fleet, "zone")];
  const zoneOf = new Map(names.map((name, i) => [name, zones[i] ?? ""]));
  const counts = new Map(zones.filter((zone) => zone !== "").map((zone) => [zone, 0]));
  const places = fleet.containers.text("host");
  forAlive(fleet, (at) => add(counts, zoneOf.get(places[at] ?? "") ?? ""));
  return counts;
}

function countPorts(fleet: Fleet): Counts {
  const counts = new Map<string, number>();
  const ports = fleet.containers.text("ports");
  forAlive(fleet, (at) => {
    for (const port of new Set(portNumbers(ports[at] ?? ""))) add(counts, port);
  });
  return counts;
}

function aliveHosts(fleet: Fleet, column: "name" | "zone"): string[] {
  const values = fleet.hosts.text(column);
  const found: string[] = [];
  for (let at = 0; at < fleet.hosts.end; at += 1) if (fleet.hosts.isAlive(at)) found.push(values[at] ?? "");
  return found;
}

function forAlive(fleet: Fleet, tell: (at: number) => void): void {
  for (let at = 0; at < fleet.containers.end; at += 1) if (fleet.containers.isAlive(at)) tell(at);
}

function add(counts: Map<string, number>, value: string): void {
  if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
}
