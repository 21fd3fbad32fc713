/** A policy as it is typed, and what is wrong with it before the server is asked. */
import type { Policy } from "@/shared/api/types";
import type { PolicySaid } from "./queries";

/** The terms of the score, in the order in which the server tells them. */
export const TERMS = [
  "spread",
  "pack",
  "balance",
  "usage",
  "fewest",
  "zones",
  "image",
  "stay",
  "fragments",
] as const;
export type Term = (typeof TERMS)[number];

const MOST_WEIGHT = 1000;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;

export interface PolicyDraft {
  name: string;
  description: string;
  /** As typed; empty: nothing. */
  weights: Readonly<Record<Term, string>>;
  over: string;
}

export function draftOf(policy: Policy | undefined): PolicyDraft {
  const weight = (term: Term): string => String(policy?.weights[term] ?? "");
  return {
    name: policy?.name ?? "",
    description: policy?.description ?? "",
    weights: Object.fromEntries(TERMS.map((term) => [term, weight(term)])) as Record<Term, string>,
    over: policy?.over ?? "",
  };
}

/** Terms that weigh nothing are left out. */
export function saidOf(draft: PolicyDraft): PolicySaid {
  const numbers = TERMS.map((term) => [term, numberOf(draft.weights[term])] as const);
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    weights: Object.fromEntries(numbers.filter(([, weight]) => weight !== 0)),
    over: draft.over.trim(),
  };
}

function numberOf(text: string): number {
  return text.trim() === "" ? 0 : Number(text);
}

export type Wrong = "name" | "weight" | "range" | "label" | "over";
export type Place = "name" | "over" | "weights" | Term;

/** What is wrong, by its place. `isNew`: its name is still to be said. */
export function wrongWith(draft: PolicyDraft, isNew: boolean): Partial<Record<Place, Wrong>> {
  const found: Partial<Record<Place, Wrong>> = {};
  if (isNew && !NAME.test(draft.name.trim())) found.name = "name";
  for (const term of TERMS) {
    const text = draft.weights[term].trim();
    if (text !== "" && !NUMBER.test(text)) found[term] = "weight";
    else if (Math.abs(numberOf(text)) > MOST_WEIGHT) found[term] = "range";
  }
  const over = draft.over.trim();
  if (over !== "" && !LABEL.test(over)) found.over = "label";
  const isZoned = found.zones === undefined && numberOf(draft.weights.zones) !== 0;
  if (over === "" && isZoned) found.over = "over";
  return found;
}

/** The place in the form of what the server refused. */
export function placeOf(pointer: string): Place | undefined {
  const part = pointer.replace(/^\/(weights\/)?/, "");
  return (["name", "over", "weights", ...TERMS] as const).find((one) => one === part);
}
