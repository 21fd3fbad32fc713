/**
 * The filter of the list, read as tokens: what somebody typed, where it stands, what it asks for and what is wrong with
 * it. Comes before the filter, the completions and the notes below the box.
 */

export const TEXT_KEYS = ["state", "health", "host", "zone", "image", "name", "port", "reason"] as const;
export const NUMBER_KEYS = ["cpu", "mem", "attempt"] as const;
/** Known too, but not offered: other words for the same. */
const OTHER_KEYS = ["status", "ports"];
/** What is written after a key, as it is offered and listed. */
export const OFFERED = [...TEXT_KEYS.map((key) => `${key}:`), ...NUMBER_KEYS.map((key) => `${key}>`)];

export type Trouble = "unknownKey" | "needsNumber" | "needsColon" | "needsCompare";

export interface Token {
  from: number;
  to: number;
  text: string;
  isNot: boolean;
  /** None: a word that is searched everywhere. */
  key: string | null;
  sign: string;
  values: string[];
  trouble: Trouble | null;
}

export function readTokens(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].map((match) => readToken(match[0], match.index));
}

function readToken(text: string, from: number): Token {
  const isNot = text.startsWith("-") && text.length > 1;
  const parts = /^([A-Za-z_]+)([:<>])(.*)$/.exec(isNot ? text.slice(1) : text);
  const [key, sign, rest] = [parts?.[1]?.toLowerCase() ?? null, parts?.[2] ?? "", parts?.[3] ?? text];
  const values = key === null ? [] : rest.split(",").filter((value) => value !== "");
  const token = { from, to: from + text.length, text, isNot, key, sign, values };
  return { ...token, trouble: troubleOf(key, sign, rest) };
}

function troubleOf(key: string | null, sign: string, rest: string): Trouble | null {
  if (key === null) return null;
  if (isOneOf(NUMBER_KEYS, key)) {
    if (sign === ":") return "needsCompare";
    return /^\d+(\.\d+)?%?$/.test(rest) || rest === "" ? null : "needsNumber";
  }
  if (isOneOf(TEXT_KEYS, key) || OTHER_KEYS.includes(key)) return sign === ":" ? null : "needsColon";
  return "unknownKey";
}

function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word);
}

/** The text without one of its tokens. */
export function withoutToken(text: string, token: Token): string {
  return `${text.slice(0, token.from)}${text.slice(token.to)}`.replace(/\s+/g, " ").trim();
}

/** The known key that was probably meant; null: none is near. */
export function nearestKey(word: string): string | null {
  const keys = [...TEXT_KEYS, ...NUMBER_KEYS];
  const started = keys.find((key) => key.startsWith(word) || word.startsWith(key));
  if (started !== undefined) return started;
  const near = keys.map((key) => ({ key, far: distance(key, word) })).sort((a, b) => a.far - b.far)[0];
  return near && near.far <= 2 ? near.key : null;
}

/** How many letters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
