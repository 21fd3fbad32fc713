import { expect, test } from "vitest";
import { nameTrouble, readViews, renameView, type View, viewOf, withoutView, withView } from "./views";

const MINE: View = { name: "Mine", q: "host:fra-1", sort: "name" };
const GIVEN: View = { name: "Pending", q: "state:pending", sort: "created" };

test("what was kept is read with care", () => {
  expect(readViews(JSON.stringify([MINE]))).toEqual([MINE]);
  for (const text of [null, "{", "7", '[{"name": "x"}, null, {"name": "", "q": "", "sort": ""}]'])
    expect(readViews(text)).toEqual([]);
});

test("a view is saved, renamed and deleted", () => {
  const saved = withView([{ ...MINE, name: "Zebra" }], { ...MINE, name: " Mine " });
  expect(saved.map(({ name }) => name)).toEqual(["Mine", "Zebra"]);
  expect(renameView(saved, "Mine", "Yours")).toMatchObject([
    { name: "Yours", q: "host:fra-1" },
    { name: "Zebra" },
  ]);
  expect(renameView(saved, "Nobody", "x")).toEqual(saved);
  expect(withoutView(saved, "Mine").map(({ name }) => name)).toEqual(["Zebra"]);
});

test("a name must be there, short, and nobody else's", () => {
  expect(nameTrouble(" ", [], [])).toBe("empty");
  expect(nameTrouble("x".repeat(41), [], [])).toBe("long");
  expect(nameTrouble("mine", [MINE], [])).toBe("taken");
  expect(nameTrouble("PENDING", [], [GIVEN])).toBe("taken");
  expect(nameTrouble("Mine!", [MINE], [GIVEN])).toBeNull();
  // Renamed to itself with a capital: that is no clash.
  expect(nameTrouble("MINE", [MINE], [], "Mine")).toBeNull();
});

test("the view that is shown is known by filter and order", () => {
  expect(viewOf([GIVEN, MINE], "host:fra-1 ", "name")).toBe(MINE);
  expect(viewOf([GIVEN, MINE], "host:fra-1", "-name")).toBeUndefined();
});
