import { expect, test } from "vitest";
import { RowKeys } from "./rowKeys";

test("a row that stays keeps its drawing; one that comes takes over one that went", () => {
  const keys = new RowKeys();
  const first = keys.assign([10, 11, 12]);
  expect(new Set(first).size).toBe(3);
  expect(keys.assign([10, 11, 12])).toEqual(first);
  expect(keys.assign([12, 20, 10])).toEqual([first[2], first[1], first[0]]);
  expect(new Set(keys.assign([20, 30, 31, 32, 10])).size).toBe(5);
  expect(Math.max(...keys.assign([7, 8]))).toBeLessThan(5);
});
