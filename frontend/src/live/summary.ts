/**
 * The fleet in a few numbers: how many containers are in which state, what is wrong and for which cause, what the hosts
 * use. Read from the columns where they stand, once per drawing; comes after the fleet, before the overview.
 */
import type { Fleet } from "./fleet";

const BROKEN = new Set(["failed", "lost", "unhealthy", "unknown"]);
const FAILED = new Set(["failed", "lost"]);
/** Waiting for longer than this is trouble; a start passes through it in less. */
const WAITS_TOO_LONG_MS = 10_000;
const DOWN = new Set(["lost", "engine-down"]);
const HOST_TROUBLE = new Set(["lost", "engine-down", "suspect", "unready"]);

export interface Summary {
  states: ReadonlyMap<string, number>;
  containers: number;
  hosts: number;
  /** Failed, lost, unhealthy or not known. */
  broken: number;
  /** Failed or lost, and on how many hosts. */
  failed: number;
  failedHosts: number;
  hostsDown: number;
  /** Waiting for so long that it is no mere start. */
  waiting: number;
  isHealthy: boolean;
}

export function summarize({ containers, hosts }: Fleet, now_ms: number): Summary {
  const states = new Map<string, number>();
  const on = new Set<string>();
  let broken = 0;
  let failed = 0;
  let waiting = 0;
  const [words, places, since] = [containers.text("state"), containers.text("host"), containers.num("since")];
  for (let at = 0; at < containers.end; at += 1) {
    if (!containers.isAlive(at)) continue;
    const state = words[at] ?? "";
    states.set(state, (states.get(state) ?? 0) + 1);
    if (BROKEN.has(state)) {
      broken += 1;
      if (!FAILED.has(state)) continue;
      failed += 1;
      const host = places[at] ?? "";
      if (host !== "") on.add(host);
    } else if (state === "pending" && now_ms - (since[at] ?? now_ms) > WAITS_TOO_LONG_MS) waiting += 1;
  }
  let hostsDown = 0;
  const hostStates = hosts.text("state");
  for (let at = 0; at < hosts.end; at += 1) {
    if (hosts.isAlive(at) && DOWN.has(hostStates[at] ?? "")) hostsDown += 1;
  }
  return {
    states,
    containers: containers.count,
    hosts: hosts.count,
    broken,
    failed,
    failedHosts: on.size,
    hostsDown,
    waiting,
    isHealthy: broken + waiting + hostsDown === 0,
  };
}

export interface Usage {
  cpu_used: number;
  cpu_capacity: number;
  memory_used: number;
  memory_capacity: number;
}

/** Of all hosts together; a host without a reading adds nothing to either side. */
export function fleetUsage({ hosts }: Fleet): Usage {
  const sum: Usage = { cpu_used: 0, cpu_capacity: 0, memory_used: 0, memory_capacity: 0 };
  for (const [used, capacity] of [
    ["cpu_used", "cpu_capacity"],
    ["memory_used", "memory_capacity"],
  ] as const) {
    const [values, all] = [hosts.num(used), hosts.num(capacity)];
    for (let at = 0; at < hosts.end; at += 1) {
      const value = values[at] ?? NaN;
      if (!hosts.isAlive(at) || Number.isNaN(value)) continue;
      sum[used] += value;
      sum[capacity] += all[at] ?? 0;
    }
  }
  return sum;
}

export interface Cause {
  key: string;
  kind: "containers" | "host";
  state: string;
  reason: string;
  /** The image or the host that the cause is about. */
  about: string;
  aboutKind: "image" | "host";
  count: number;
  message: string;
  /** When the first of them came into this state; NaN when that is not known. */
  since: number;
  /** One of them: the latest. Empty for a host. */
  slot: string;
  name: string;
}

/** What needs somebody, the worst first: hosts that are gone, then containers grouped by state, reason and image or host. */
export function findCauses(fleet: Fleet, now_ms: number): Cause[] {
  return [...hostCauses(fleet), ...containerCauses(fleet, now_ms)];
}

const STATE_ORDER = ["failed", "lost", "unhealthy", "unknown", "restarting", "pending"];

function containerCauses({ containers }: Fleet, now_ms: number): Cause[] {
  const groups = new Map<string, Cause>();
  const latest = new Map<string, number>();
  const states = containers.text("state");
  const sinces = containers.num("since");
  for (let at = 0; at < containers.end; at += 1) {
    const state = states[at] ?? "";
    const since = sinces[at] ?? NaN;
    const isWaiting = state === "pending" && now_ms - since > WAITS_TOO_LONG_MS;
    if (!containers.isAlive(at) || !(BROKEN.has(state) || state === "restarting" || isWaiting)) continue;
    const aboutKind = state === "lost" || state === "unknown" ? "host" : "image";
    const about = containers.text(aboutKind)[at] ?? "";
    const reason = containers.text("reason")[at] ?? "";
    const message = containers.text("message")[at] ?? "";
    // What waits for a place waits for its own reason, whatever its image; other messages tell of one attempt only.
    const key = [state, reason, about, state === "pending" ? message : ""].join("\n");
    const group = groups.get(key) ?? {
      ...{ key, kind: "containers", state, reason, about, aboutKind, count: 0 },
      ...{ message: "", since: NaN, slot: "", name: "" },
    };
    group.count += 1;
    group.since = Number.isNaN(group.since) ? since : Math.min(group.since, since);
    if (group.slot === "" || since > (latest.get(key) ?? -Infinity)) {
      latest.set(key, since);
      group.message = message;
      group.slot = containers.text("slot")[at] ?? "";
      group.name = containers.text("name")[at] ?? "";
    }
    groups.set(key, group);
  }
  const rank = (cause: Cause): number => STATE_ORDER.indexOf(cause.state);
  return [...groups.values()].sort(
    (a, b) => rank(a) - rank(b) || b.count - a.count || (a.key < b.key ? -1 : 1),
  );
}

function hostCauses({ hosts }: Fleet): Cause[] {
  const causes: Cause[] = [];
  for (let at = 0; at < hosts.end; at += 1) {
    const state = hosts.text("state")[at] ?? "";
    if (!hosts.isAlive(at) || !HOST_TROUBLE.has(state)) continue;
    const about = hosts.text("name")[at] ?? "";
    causes.push({
      ...{ key: `host\n${about}`, kind: "host", state, reason: "", about, aboutKind: "host" },
      ...{ count: hosts.num("containers")[at] || 0, message: "", slot: "", name: about },
      since: hosts.num("since")[at] ?? NaN,
    });
  }
  return causes.sort(
    (a, b) => Number(DOWN.has(b.state)) - Number(DOWN.has(a.state)) || (a.key < b.key ? -1 : 1),
  );
}

/** The list of containers that shows the same ones. */
export function causeQuery(cause: Cause): string {
  const reason = /^[\w.-]+$/.test(cause.reason) ? [`reason:${cause.reason}`] : [];
  const about = cause.about === "" ? [] : [`${cause.aboutKind}:${cause.about}`];
  return [`state:${cause.state}`, ...reason, ...about].join(" ");
}
