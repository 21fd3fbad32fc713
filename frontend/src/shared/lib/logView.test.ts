import { expect, test } from "vitest";
import type { LogLine } from "@/live/frames";
import type { Container } from "../api/types";
import { cutAt, hasLiveLog, linesFrom, logText, readSince, visibleLines } from "./logView";

const NOON = Date.parse("2026-11-22T12:00:00Z");

function line(minutes: number | null, text: string): LogLine {
  const at = minutes === null ? null : new Date(NOON + minutes * 60_000).toISOString();
  return { stream: "stdout", at, text };
}
const LINES = [
  line(-90, "boot"),
  line(null, "banner"),
  line(-20, "GET /a"),
  line(-2, "get /b"),
  line(0, "bye"),
];
const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);

test("since keeps the lines from then on", () => {
  expect(texts(linesFrom(LINES, NOON - 21 * 60_000))).toEqual(["banner", "GET /a", "get /b", "bye"]);
  expect(texts(linesFrom(LINES, NOON + 1))).toEqual([]);
  expect(texts(linesFrom(LINES, 0))).toEqual(texts(LINES));
  // Without any time nothing can be said to be too old.
  expect(texts(linesFrom([line(null, "x")], NOON))).toEqual(["x"]);
});

test("since and search hold together", () => {
  expect(texts(visibleLines(LINES, { since: "15m", find: "GET" }, NOON))).toEqual(["get /b"]);
  expect(texts(visibleLines(LINES, {}, NOON))).toEqual(texts(LINES));
  expect(readSince("1h")).toBe("1h");
  expect(readSince("constructor")).toBeUndefined();
});

test("a text is cut at the word wherever it stands, and nothing is lost", () => {
  expect(cutAt("GET /get", "get")).toEqual(["", "GET", " /", "get", ""]);
  expect(cutAt("nothing", "get")).toEqual(["nothing"]);
  expect(cutAt("aaa", "a").join("")).toBe("aaa");
});

test("a saved log has times and no colours", () => {
  const red = { ...line(null, "\u001b[31mred\u001b[0m") };
  expect(logText([red])).toBe("red\n");
  expect(logText([line(0, "x")])).toMatch(/^2026-11-22 \d\d:\d\d:\d\d x\n$/);
});

test("a log is followed as long as there is a process", () => {
  const statuses: Container["status"][] = [
    "pending",
    "preparing",
    "starting",
    "running",
    "stopping",
    "failed",
  ];
  expect(statuses.filter((status) => hasLiveLog({ status }))).toEqual(["starting", "running", "stopping"]);
});
