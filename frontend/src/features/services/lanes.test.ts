import { expect, test } from "vitest";
import type { Container, Service } from "@/shared/api/types";
import { type Lane, lanesOf, shownLanes } from "./lanes";

const SERVICE = {
  revision: { number: 3 },
  rollout: { kind: "update", started_at: "2026-11-22T12:00:00Z", finished_at: null },
} as Service;

function one(slot_key: string, part: Partial<Container> = {}): Container {
  return {
    ...{ slot_key, revision: 3, is_successor: false, state: "running", ready: true },
    ...{ desired: "run", stop_at: null, created_at: "2026-11-22T12:00:05Z" },
    ...part,
  } as Container;
}

const phases = (containers: Container[], service = SERVICE): string[] =>
  lanesOf(service, containers).map(({ key, phase }) => `${key} ${phase}`);

test("a slot whose container is wanted and ready is done; an old one waits for its turn", () => {
  expect(phases([one("10"), one("2", { revision: 2 })])).toEqual(["2 waiting", "10 done"]);
});

test("a successor moves beside the old one until it is the occupant", () => {
  const [lane] = lanesOf(SERVICE, [
    one("1", { revision: 2 }),
    one("1", { is_successor: true, state: "starting", ready: false }),
  ]);
  expect(lane).toMatchObject({ old: { revision: 2 }, now: { revision: 3 }, phase: "moving" });
});

test("stop-first: the old one leaves before anything new is there", () => {
  expect(phases([one("1", { revision: 2, desired: "stop", state: "stopping", ready: false })])).toEqual([
    "1 moving",
  ]);
  expect(phases([one("1", { revision: 2, stop_at: "2026-11-22T12:00:09Z" })])).toEqual(["1 moving"]);
});

test("what comes and fails says so, as successor and in its place", () => {
  const broken = { state: "failed", ready: false } as const;
  expect(phases([one("1", { revision: 2 }), one("1", { is_successor: true, ...broken })])).toEqual([
    "1 failed",
  ]);
  expect(phases([one("1", broken)])).toEqual(["1 failed"]);
  expect(phases([one("1", { state: "starting", ready: false })])).toEqual(["1 moving"]);
});

test("in a rolling restart the revision stays: what is older than its beginning is old", () => {
  const service = { ...SERVICE, rollout: { ...SERVICE.rollout, kind: "restart" } } as Service;
  const before = one("1", { created_at: "2026-11-22T11:00:00Z" });
  expect(phases([before, one("2")], service)).toEqual(["1 waiting", "2 done"]);
  const over = { ...service, rollout: { ...service.rollout, finished_at: "2026-11-22T12:09:00Z" } };
  expect(phases([before], over as Service)).toEqual(["1 done"]);
});

test("of too many lanes those that move or failed are kept, in their order", () => {
  const lane = (key: number, phase: Lane["phase"]): Lane => ({
    key: String(key),
    old: null,
    now: null,
    phase,
  });
  const lanes = [lane(1, "done"), lane(2, "moving"), lane(3, "done"), lane(4, "failed"), lane(5, "waiting")];
  expect(shownLanes(lanes, 3).map(({ key }) => key)).toEqual(["2", "4", "5"]);
  expect(shownLanes(lanes, 9)).toHaveLength(5);
});
