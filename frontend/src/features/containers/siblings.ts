/** The order in which the list was last shown: what "previous" and "next" mean on the page of one container. */
import type { Fleet } from "@/live/fleet";
import { compareBy } from "@/live/compare";
import { arrange } from "@/live/order";

let last: { project: string; slots: readonly string[] } | null = null;

export function rememberOrder(project: string, slots: readonly string[]): void {
  last = { project, slots };
}

export interface Siblings {
  previous: string | null;
  next: string | null;
  /** From 1; of how many. */
  place: number;
  count: number;
}

/** In the list as it was left; who came by another way goes by name. Null: it has no place there. */
export function siblingsOf(fleet: Fleet, project: string, slot: string): Siblings | null {
  const listed = last?.project === project ? last.slots.filter((one) => isThere(fleet, one)) : [];
  const order = listed.includes(slot) ? listed : byName(fleet);
  const at = order.indexOf(slot);
  if (at < 0) return null;
  return {
    previous: order[at - 1] ?? null,
    next: order[at + 1] ?? null,
    place: at + 1,
    count: order.length,
  };
}

function isThere(fleet: Fleet, slot: string): boolean {
  return fleet.containers.find(slot) !== undefined;
}

function byName(fleet: Fleet): string[] {
  const table = fleet.containers;
  const compare = compareBy(table, { column: "name", descending: false });
  const slots = table.text("slot");
  return [...arrange(table, { test: () => true, compare })].map((at) => slots[at] ?? "");
}
