/**
 * What could be meant while somebody types a filter: keys, and values that are there, with how many containers have
 * them. Comes after the counting of values, before the box of the filter.
 */
import type { Fleet } from "@/live/fleet";
import { OFFERED, readTokens, TEXT_KEYS, type Token } from "./tokens";
import { valuesOf } from "./values";

const MOST_OFFERED = 10;
const LEAST_LETTERS = 2;
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  cpu: ["25", "50", "80", "100"],
  mem: ["128", "256", "512", "1024"],
  attempt: ["1", "2", "5"],
};

export interface Completion {
  /** The whole filter, were it taken. */
  text: string;
  cursor: number;
  /** The token it makes. */
  label: string;
  /** How many containers have it; null where that is not counted. */
  count: number | null;
}

export function complete(fleet: Fleet, text: string, cursor: number): Completion[] {
  const token = readTokens(text).find((one) => one.from < cursor && cursor <= one.to);
  const found = token === undefined ? keysFor("") : forToken(fleet, token, cursor);
  const isNot = token?.isNot === true ? "-" : "";
  return found.slice(0, MOST_OFFERED).map(({ label, count }) => {
    const isKey = /[:<>]$/.test(label);
    const before = text.slice(0, token?.from ?? cursor) + isNot + label;
    const after = text.slice(token?.to ?? cursor).replace(/^\s+/, "");
    const gap = isKey && after === "" ? "" : " ";
    return {
      text: before + gap + after,
      cursor: before.length + (isKey ? 0 : 1),
      label: isNot + label,
      count,
    };
  });
}

interface Offer {
  label: string;
  count: number | null;
}

function keysFor(start: string): Offer[] {
  return OFFERED.filter((key) => key.startsWith(start)).map((label) => ({ label, count: null }));
}

function forToken(fleet: Fleet, token: Token, cursor: number): Offer[] {
  const word = (token.isNot ? token.text.slice(1) : token.text).toLowerCase();
  if (token.key === null) {
    const values = word.length < LEAST_LETTERS ? [] : anyValue(fleet, word);
    return [...keysFor(word), ...values];
  }
  const numbers = NUMBERS[token.key];
  const typed = word.slice(token.key.length + 1);
  if (numbers) {
    const sign = token.sign === "<" ? "<" : ">";
    const fitting = numbers.filter((number) => number.startsWith(typed) && number !== typed);
    return fitting.map((number) => ({ label: `${token.key}${sign}${number}`, count: null }));
  }
  const known = valuesOf(fleet, token.key);
  const isAtEnd = cursor === token.to;
  if (!known || !isAtEnd) return [];
  // After a comma another value is begun; the ones before it stay.
  const comma = typed.lastIndexOf(",");
  const kept = typed.slice(0, comma + 1);
  const begun = typed.slice(comma + 1);
  const taken = kept.split(",");
  return ranked(known, begun)
    .filter(({ value }) => value.toLowerCase() !== begun && !taken.includes(value.toLowerCase()))
    .map(({ value, count }) => ({ label: `${token.key}:${kept}${value}`, count }));
}

/** A word may be a state, a host or a zone: each is offered with its key. */
function anyValue(fleet: Fleet, word: string): Offer[] {
  return (["state", "host", "zone", "image"] as const).flatMap((key) =>
    ranked(valuesOf(fleet, key) ?? new Map(), word)
      .filter(({ value, count }) => count > 0 && beginsPart(value.toLowerCase(), word))
      .slice(0, 4)
      .map(({ value, count }) => ({ label: `${key}:${value}`, count })),
  );
}

function beginsPart(value: string, word: string): boolean {
  const at = value.indexOf(word);
  return at === 0 || (at > 0 && !/[a-z0-9]/.test(value.charAt(at - 1)));
}

/** What begins with it before what has it inside; of these the more frequent first. */
function ranked(known: ReadonlyMap<string, number>, begun: string): { value: string; count: number }[] {
  const found = [...known].flatMap(([value, count]) => {
    const at = value.toLowerCase().indexOf(begun);
    return at < 0 ? [] : [{ value, count, rank: at === 0 ? 0 : 1 }];
  });
  return found.sort(
    (a, b) => a.rank - b.rank || b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
}

export interface Absent {
  token: Token;
  value: string;
}

/** Values in the filter that nothing has (any more): no such host, no such image. */
export function absentValues(fleet: Fleet, tokens: readonly Token[]): Absent[] {
  return tokens.flatMap((token) => {
    if (token.key === null || !(TEXT_KEYS as readonly string[]).includes(token.key)) return [];
    if (token.trouble !== null || token.values.length === 0) return [];
    const known = [...(valuesOf(fleet, token.key)?.keys() ?? [])];
    return token.values
      .filter((value) => !known.some((one) => isMeant(token.key ?? "", one, value)))
      .map((value) => ({ token, value }));
  });
}

/** As the filter compares. */
function isMeant(key: string, known: string, typed: string): boolean {
  const [lower, word] = [known.toLowerCase(), typed.toLowerCase()];
  if (key === "port") return lower === word;
  return ["state", "health", "zone"].includes(key) ? lower.startsWith(word) : lower.includes(word);
}

/** The filter without one value: the others of its token stay. */
export function withoutValue(text: string, { token, value }: Absent): string {
  const rest = token.values.filter((one) => one !== value);
  const kept = rest.length === 0 ? "" : `${token.isNot ? "-" : ""}${token.key}:${rest.join(",")}`;
  return `${text.slice(0, token.from)}${kept}${text.slice(token.to)}`.replace(/\s+/g, " ").trim();
}
