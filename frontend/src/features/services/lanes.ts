/** The slots of a service as lanes: what stood there, what takes its place, and how far that has come. */
import type { Service, Container } from "@/shared/api/types";

/** "done": what is wanted is ready; "moving": something begins or ends; "waiting": its turn has not come. */
export type Phase = "done" | "moving" | "waiting" | "failed";

export interface Lane {
  key: string;
  /** What is to be replaced; null: nothing stands in the way. */
  old: Container | null;
  /** What is wanted; null: not made yet. */
  now: Container | null;
  phase: Phase;
}

const OVER = new Set(["failed", "lost", "unhealthy", "restarting"]);

export function lanesOf(service: Service, containers: readonly Container[]): Lane[] {
  const slots = new Map<string, Container[]>();
  for (const one of containers) slots.set(one.slot_key, [...(slots.get(one.slot_key) ?? []), one]);
  const lanes = [...slots].map(([key, rows]) => laneOf(service, key, rows));
  return lanes.sort((a, b) => a.key.localeCompare(b.key, "en", { numeric: true }));
}

function laneOf(service: Service, key: string, rows: readonly Container[]): Lane {
  const occupant = rows.find((one) => !one.is_successor) ?? null;
  const successor = rows.find((one) => one.is_successor) ?? null;
  if (successor !== null) return { key, old: occupant, now: successor, phase: phaseOf(successor, "moving") };
  if (occupant === null) return { key, old: null, now: null, phase: "waiting" };
  if (isWanted(service, occupant)) {
    return { key, old: null, now: occupant, phase: isReady(occupant) ? "done" : phaseOf(occupant, "moving") };
  }
  return { key, old: occupant, now: null, phase: leaves(occupant) ? "moving" : "waiting" };
}

function phaseOf(one: Container, otherwise: Phase): Phase {
  return OVER.has(one.state) ? "failed" : otherwise;
}

export function isReady(one: Container): boolean {
  return one.ready && !leaves(one);
}

function leaves(one: Container): boolean {
  return one.desired !== "run" || one.stop_at !== null;
}

/** Of the revision that is wanted; in a rolling restart also younger than its beginning. */
function isWanted(service: Service, one: Container): boolean {
  if (one.revision !== service.revision.number) return false;
  const restart = service.rollout?.kind === "restart" && service.rollout.finished_at === null;
  return !restart || Date.parse(one.created_at) >= Date.parse(service.rollout?.started_at ?? "");
}

/** Which lanes are drawn when there are too many: what moves or has failed first, the rest as far as there is room. */
export function shownLanes(lanes: readonly Lane[], most: number): Lane[] {
  if (lanes.length <= most) return [...lanes];
  const rank: Record<Phase, number> = { failed: 0, moving: 1, waiting: 2, done: 3 };
  const chosen = new Set([...lanes].sort((a, b) => rank[a.phase] - rank[b.phase]).slice(0, most));
  return lanes.filter((lane) => chosen.has(lane));
}
