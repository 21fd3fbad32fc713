/** Which lines of a log are shown: from when on, and those with a word in them. Comes after the buffer, before the drawing. */
import type { LogLine } from "@/live/frames";
import type { Container } from "../api/types";
import { showMoment } from "./format";

export const SINCE_MINUTES = { "5m": 5, "15m": 15, "1h": 60, "24h": 1_440 } as const;
export type Since = keyof typeof SINCE_MINUTES;
export const SINCES = Object.keys(SINCE_MINUTES) as Since[];

export interface LogView {
  find?: string | undefined;
  since?: Since | undefined;
}

/** Does its engine still have something to follow? */
export function hasLiveLog({ status }: Pick<Container, "status">): boolean {
  return status === "running" || status === "starting" || status === "stopping";
}

export function readSince(word: unknown): Since | undefined {
  return SINCES.find((one) => one === word);
}

/** Lines come in the order of time; one without a time belongs to the ones after it. */
export function linesFrom(lines: readonly LogLine[], from_ms: number): readonly LogLine[] {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeAt(lines, middle) < from_ms) low = middle + 1;
    else high = middle;
  }
  return lines.slice(low);
}

function timeAt(lines: readonly LogLine[], index: number): number {
  for (let at = index; at < lines.length; at += 1) {
    const time = lines[at]?.at;
    if (typeof time === "string") return Date.parse(time);
  }
  return Infinity;
}

export function visibleLines(lines: readonly LogLine[], view: LogView, now_ms: number): readonly LogLine[] {
  const recent =
    view.since === undefined ? lines : linesFrom(lines, now_ms - SINCE_MINUTES[view.since] * 60_000);
  const needle = view.find?.toLowerCase() ?? "";
  if (needle === "") return recent === lines ? [...lines] : recent;
  return recent.filter((line) => line.text.toLowerCase().includes(needle));
}

/** Text cut at every place where the word is: odd parts are the word as it stands there. */
export function cutAt(text: string, needle: string): string[] {
  if (needle === "") return [text];
  const lower = text.toLowerCase();
  const parts: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + needle.length));
    from = at + needle.length;
  }
  return [...parts, text.slice(from)];
}

// eslint-disable-next-line no-control-regex -- colours are cut out of a file
const COLOURS = /\u001b\[[0-9;:]*m/g;

/** The lines as a text file. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, text }) => `${at === null ? "" : `${showMoment(at)} `}${text.replace(COLOURS, "")}\n`)
    .join("");
}

export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
