// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { OrchestraEvent } from "../api/types";
import { type History, isNewer, merge, withNewest } from "./events";

function events(...ids: string[]): OrchestraEvent[] {
  return ids.map((id) => ({ id }) as OrchestraEvent);
}
const ids = (history: History): string[] => history.events.map((event) => event.id);

test("ids are compared as numbers, though they are texts", () => {
  expect(isNewer("1000", "999")).toBe(true);
  expect(isNewer("998", "999")).toBe(false);
});

test("live, first and older pages become one list without doubles, newest first", () => {
  const list = merge(merge(events("7", "6"), events("10")), events("6", "5"));
  expect(list.map((event) => event.id)).toEqual(["10", "7", "6", "5"]);
});

test("after silence a page that leaves a hole replaces what is known; one that overlaps is laid over it", () => {
  const known: History = { events: events("5", "4"), hasOlder: false };
  expect(ids(withNewest(known, { events: events("6", "5"), hasOlder: true }))).toEqual(["6", "5", "4"]);
  const far = withNewest(known, { events: events("9", "8"), hasOlder: true });
  expect(ids(far)).toEqual(["9", "8"]);
  expect(far.hasOlder).toBe(true);
});

test("what came together is put in order, and each event once", () => {
  const list = merge(events("9"), events("10", "12", "11", "12"));
  expect(list.map((event) => event.id)).toEqual(["12", "11", "10", "9"]);
});
