/** What differs between two specs, place by place, as the API says it of two revisions. */
import type { SpecChange } from "@/shared/api/types";
import type { Spec } from "@/shared/spec/draft";
import { escapePointer } from "@/shared/spec/errors";
import { isRecord } from "@/shared/spec/values";

export function diffSpecs(before: Spec, after: Spec, base = ""): SpecChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [from, to] = [before[key], after[key]];
    const path = `${base}/${escapePointer(key)}`;
    if (isRecord(from) && isRecord(to)) return diffSpecs(from, to, path);
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
  });
}

/** Only another container makes a revision; the rest is the service's own and holds at once. */
export function makesRevision(changes: readonly SpecChange[]): boolean {
  return changes.some(({ path }) => path === "/container" || path.startsWith("/container/"));
}

/** A value of a spec in one line; nothing for what is not there. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
