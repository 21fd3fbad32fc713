/** What a service used, as its page draws it: the sum as a history, and of each slot its line, its last value and peak. */
import type { ServiceUsage } from "@/shared/api/types";
import { toHistory, type UsageHistory } from "@/shared/live/usage";

export type Resource = "cpu_millis" | "memory_bytes";

export interface SlotLine {
  slot: string;
  host: string;
  cpu_millis: readonly (number | null)[];
  memory_bytes: readonly (number | null)[];
}

export interface UsageShown {
  sum: UsageHistory;
  /** The middles of the steps, in milliseconds; the values of the slots stand in this order. */
  at: readonly number[];
  step_ms: number;
  slots: readonly SlotLine[];
  slots_total: number;
}

export function toShown(read: ServiceUsage, minutes: number, now_ms = Date.now()): UsageShown {
  return {
    sum: toHistory(read.points, minutes, now_ms),
    at: read.points.map((point) => Date.parse(point.at)),
    step_ms: read.step_s * 1_000,
    slots: read.replicas,
    slots_total: read.replicas_total,
  };
}

/** Of the newest step of all; a slot that was not measured in it uses nothing now, as far as anybody knows. */
export function lastOf(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? null;
}

export function peakOf(values: readonly (number | null)[]): number | null {
  const read = values.filter((value) => value !== null);
  return read.length === 0 ? null : Math.max(...read);
}

interface Room {
  from_ms: number;
  to_ms: number;
  step_ms: number;
  /** The value that reaches the top. */
  top: number;
  width: number;
  height: number;
}

/** The path of an SVG: broken where nothing was measured, and a short stroke for a step that stands alone. */
export function pathOf(at: readonly number[], values: readonly (number | null)[], room: Room): string {
  const { from_ms, to_ms, step_ms, top, width, height } = room;
  const x = (ms: number): string => (((ms - from_ms) / (to_ms - from_ms)) * width).toFixed(1);
  const y = (value: number): string => (height - (value / top) * height).toFixed(1);
  const parts: string[] = [];
  for (const [index, value] of values.entries()) {
    const here = at[index];
    if (value === null || here === undefined) continue;
    const before = at[index - 1];
    const isAfter = values[index - 1] != null && before !== undefined && here - before < step_ms * 1.5;
    if (isAfter) parts.push(`L${x(here)} ${y(value)}`);
    else parts.push(`M${x(here - step_ms / 2)} ${y(value)}`, `L${x(here)} ${y(value)}`);
  }
  return parts.join("");
}
