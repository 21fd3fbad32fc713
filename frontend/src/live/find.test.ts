import { expect, test } from "vitest";
import { Fleet } from "./fleet";
import { findObjects, rankName } from "./find";

function fleetOf(names: string[], hosts: string[]): Fleet {
  const fleet = new Fleet();
  const of = { t: "snap", sub: 1, epoch: "1", seq: 1, offset: 0, last: true } as const;
  fleet.accept({ ...of, kind: "hosts", rows: hosts.map((_, i) => i), cols: { name: hosts } });
  const cols = { slot: names.map((name) => `slot-${name}`), name: names };
  fleet.accept({ ...of, kind: "containers", rows: names.map((_, i) => i), cols });
  return fleet;
}

test("a whole name is before a beginning, a beginning before a part's, that before anything inside", () => {
  const ranks = ["web", "web-1", "shop-web", "cobweb"].map((name) => rankName(name, ["web"]));
  expect(ranks).toEqual([0, 1, 2, 3]);
  expect(rankName("shop-web-1", ["web", "mail"])).toBeNull();
});

test("containers and hosts are found by parts in any order, the best first, not more than asked for", () => {
  const fleet = fleetOf(["shop-web-2", "shop-web-1", "mail-worker", "cobweb"], ["web-host", "db"]);
  expect(findObjects(fleet, "web", 9).map(({ name }) => name)).toEqual([
    "web-host",
    "shop-web-1",
    "shop-web-2",
    "cobweb",
  ]);
  expect(findObjects(fleet, "1 SHOP", 9)).toMatchObject([{ kind: "container", key: "slot-shop-web-1" }]);
  expect(findObjects(fleet, "e", 2)).toHaveLength(2);
  expect(findObjects(fleet, "  ", 9)).toEqual([]);
});
