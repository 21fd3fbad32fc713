import { expect, test } from "vitest";
import { columnsOf, withGaps } from "./chartData";

interface Point {
  at_ms: number;
  value: number | null;
}
const hole = (at_ms: number): Point => ({ at_ms, value: null });
const points = (...at: number[]): Point[] => at.map((at_ms) => ({ at_ms, value: at_ms }));

test("a line breaks where several readings are missing, and only there", () => {
  const found = withGaps(points(0, 10, 20, 30, 100, 110, 120), hole);
  expect(found.map((point) => [point.at_ms, point.value === null])).toEqual([
    [0, false],
    [10, false],
    [20, false],
    [30, false],
    [65, true],
    [100, false],
    [110, false],
    [120, false],
  ]);
  expect(withGaps(points(0, 10, 20, 45), hole)).toHaveLength(4);
  expect(withGaps(points(5), hole)).toHaveLength(1);
  expect(withGaps([], hole)).toEqual([]);
});

test("the axis shows the whole stretch of time, whatever was measured in it", () => {
  const span = { from_ms: 0, to_ms: 60_000 };
  expect(columnsOf([20_000, 30_000], [{ values: [1, 2] }, { values: [7, 7], isLevel: true }], span)).toEqual([
    [0, 20, 30, 60],
    [null, 1, 2, null],
    [7, 7, 7, 7],
  ]);
  expect(columnsOf([], [{ values: [] }], span)).toEqual([
    [0, 60],
    [null, null],
  ]);
  expect(columnsOf([0, 60_000], [{ values: [1, 2] }], span)[0]).toEqual([0, 60]);
  expect(columnsOf([500_000], [{ values: [1] }], undefined), "one reading alone").toEqual([
    [380, 500],
    [null, 1],
  ]);
  expect(columnsOf([1_000, 2_000], [{ values: [1, 2] }], undefined)[0]).toEqual([1, 2]);
});
