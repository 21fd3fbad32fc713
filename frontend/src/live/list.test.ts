import { expect, test, vi } from "vitest";
import { Fleet } from "./fleet";
import type { Cell } from "./frames";
import { newer } from "./merge";
import { compareBy, ListOrder, type Sort, type Wish } from "./order";
import { containerFilter } from "./query";
import { Ticker } from "./ticks";

const NAMES = ["web-1", "web-2", "db-1", "cron"];

function filled(): Fleet {
  const fleet = new Fleet();
  const cols: Record<string, Cell[]> = {
    slot: NAMES,
    name: NAMES,
    state: ["running", "failed", "running", "pending"],
    host: ["h-1", "h-2", "h-1", null],
    image: ["shop/web:1", "shop/web:2", "postgres:18", "busybox"],
    cpu_millis: [900, 10, null, 50],
    memory_bytes: [1e9, 2e6, 3e6, 0],
  };
  fleet.accept({
    t: "snap",
    sub: 1,
    epoch: "e",
    seq: 1,
    kind: "containers",
    offset: 0,
    rows: [1, 2, 3, 4],
    cols,
    last: true,
  });
  return fleet;
}

function found(query: string): string[] {
  const { containers } = filled();
  const test = containerFilter(containers, query);
  return NAMES.filter((_, at) => test(at));
}

test("the filter understands words, fields, numbers, or, and not", () => {
  expect(found("")).toEqual(NAMES);
  expect(found("web")).toEqual(["web-1", "web-2"]);
  expect(found("state:run host:h-1")).toEqual(["web-1", "db-1"]);
  expect(found("state:failed,pending")).toEqual(["web-2", "cron"]);
  expect(found("-state:running -busybox")).toEqual(["web-2"]);
  expect(found("cpu>80")).toEqual(["web-1"]);
  expect(found("cpu<3%")).toEqual(["web-2"]);
  expect(found("mem>512")).toEqual(["web-1"]);
  expect(found("image:POSTGRES")).toEqual(["db-1"]);
  expect(found("state:")).toEqual(NAMES);
});

function wish(fleet: Fleet, sort: Sort): Wish {
  return { key: JSON.stringify(sort), test: () => true, compare: compareBy(fleet.containers, sort) };
}

function shown(fleet: Fleet, order: ListOrder<never> | { positions: Int32Array }): string[] {
  return [...order.positions].map((at) => fleet.containers.text("name")[at] ?? "");
}

test("unknown numbers stand last in both directions", () => {
  const fleet = filled();
  const order = new ListOrder(fleet.containers);
  order.update(wish(fleet, { column: "cpu_millis", descending: true }), false, 0);
  expect(shown(fleet, order)).toEqual(["web-1", "cron", "web-2", "db-1"]);
  order.update(wish(fleet, { column: "cpu_millis", descending: false }), false, 1);
  expect(shown(fleet, order)).toEqual(["web-2", "cron", "web-1", "db-1"]);
});

test("a held order does not move and says how much a fresh one would", () => {
  const fleet = filled();
  const order = new ListOrder(fleet.containers);
  const byName = wish(fleet, { column: "name", descending: false });
  order.update(byName, true, 0);
  expect(shown(fleet, order)).toEqual(["cron", "db-1", "web-1", "web-2"]);
  const head = { sub: 1, epoch: "e", kind: "containers" } as const;
  fleet.accept({ ...head, t: "add", seq: 2, rows: [9], cols: { slot: ["api"], name: ["api"] } });
  fleet.accept({ ...head, t: "del", seq: 3, rows: [3] });
  order.update(byName, true, 2_000);
  expect(shown(fleet, order)).toEqual(["cron", "db-1", "web-1", "web-2"]);
  expect(order.moved).toBeGreaterThan(0);
  order.release();
  order.update(byName, true, 2_001);
  expect(shown(fleet, order)).toEqual(["api", "cron", "web-1", "web-2"]);
  expect(order.moved).toBe(0);
});

test("50,000 rows are filtered and sorted in well under a second", () => {
  const fleet = new Fleet();
  const rows = Array.from({ length: 50_000 }, (_, i) => i);
  const slot = rows.map((i) => `c-${(i * 7919) % 50_000}`);
  const cols = { slot, name: slot, state: slot, cpu_millis: rows };
  fleet.accept({
    t: "snap",
    sub: 1,
    epoch: "e",
    seq: 1,
    kind: "containers",
    offset: 0,
    rows,
    cols,
    last: true,
  });
  const order = new ListOrder(fleet.containers);
  order.update(wish(fleet, { column: "name", descending: false }), false, 0);
  expect(order.positions.length).toBe(50_000);
  expect(fleet.containers.num("cpu_millis").length).toBeGreaterThanOrEqual(50_000);
});

test("an older object never replaces a newer one; a new attempt counts as newer", () => {
  const shownNow = { version: 5, attempt: 1 };
  expect(newer(undefined, shownNow)).toBe(shownNow);
  expect(newer(shownNow, { version: 4, attempt: 1 })).toBe(shownNow);
  expect(newer(shownNow, { version: 6, attempt: 1 }).version).toBe(6);
  expect(newer(shownNow, { version: 1, attempt: 2 }).attempt).toBe(2);
  expect(newer({ version: 1, attempt: 2 }, { version: 9, attempt: 1 }).attempt).toBe(2);
});

test("a hidden page is not told; on return it is told once; a first urgent change is told at once", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  let isHidden = false;
  let onShown = (): void => undefined;
  const ticker = new Ticker({ isHidden: () => isHidden, onShown: (callback) => (onShown = callback) });
  const told = vi.fn();
  ticker.subscribe(told);
  ticker.mark(true);
  vi.advanceTimersByTime(1);
  expect(told).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 100; i += 1) ticker.mark(true);
  vi.advanceTimersByTime(200);
  expect(told).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(told).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  ticker.mark(false);
  vi.advanceTimersByTime(250);
  expect(told).toHaveBeenCalledTimes(3);
  ticker.mark(true); // though a measurement was told just now
  vi.advanceTimersByTime(1);
  expect(told).toHaveBeenCalledTimes(4);
  isHidden = true;
  ticker.mark(false);
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveBeenCalledTimes(4);
  isHidden = false;
  onShown();
  expect(told).toHaveBeenCalledTimes(5);
  vi.useRealTimers();
});
