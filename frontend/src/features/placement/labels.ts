/** Labels of hosts that group them: what can be spread over, and what can be lost together. */
import type { Host } from "@/shared/api/types";

const MOST = 40;

/** The names of labels, the most usual first; of one that each host has a value of its own for there is nothing to group. */
export function labelsOf(hosts: readonly Host[]): string[] {
  const found = new Map<string, { hosts: number; values: Set<string> }>();
  for (const host of hosts) {
    for (const [name, value] of Object.entries(host.labels)) {
      const seen = found.get(name) ?? { hosts: 0, values: new Set<string>() };
      found.set(name, { hosts: seen.hosts + 1, values: seen.values.add(value) });
    }
  }
  const groups = [...found].filter(([, one]) => one.hosts <= 2 || one.values.size < one.hosts);
  return groups
    .sort(([a, one], [b, other]) => other.hosts - one.hosts || (a < b ? -1 : 1))
    .slice(0, MOST)
    .map(([name]) => name);
}
