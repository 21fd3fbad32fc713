/** A change that the server proposes, as what to write where. */
import type { Change } from "@/shared/api/types";

/** What is added to a list, and what is taken out of it; everything else is set. */
const ADDED = new Set(["tolerate", "project"]);
const TAKEN_OUT = new Set(["constraint", "choose-port"]);
const TYPED = new Set(["memory", "cpu"]);

/** `resources.memory: 1.7g`, `constraints: − zone=fra`, `availability: active`; nothing where no field is changed. */
export function exactOf({ kind, field, value, shown }: Change): string {
  if (kind === "ready") return "";
  if (TYPED.has(kind) || kind === "uncordon") return `${field}: ${String(value)}`;
  const sign = ADDED.has(kind) ? "+ " : TAKEN_OUT.has(kind) ? "− " : "";
  return `${field}: ${sign}${shown}`;
}
