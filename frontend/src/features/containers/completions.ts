/**
 * What could be meant while somebody types a filter: keys, and values that are there, with how many containers have
 * them. Reads the columns at the moment of asking; keeps nothing.
 */
import type { Fleet } from "@/live/fleet";
import { CONTAINER_LOOK } from "@/shared/ui/status";
import { portNumbers } from "./filter";
import { OFFERED, readTokens, TEXT_KEYS, type Token } from "./tokens";

const MOST_OFFERED = 10;
const LEAST_LETTERS = 2;
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  cpu: ["25", "50", "80", "100"],
  mem: ["128", "256", "512", "1024"],
  attempt: ["1", "2", "5"],
};
/** Their words are given by the API, and stay right when nothing is in that state now. */
const HEALTH = ["healthy", "unhealthy", "starting", "none", "unknown"];

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

/** The values of a key and how many containers have each; null: nothing can be said about its values. */
export function valuesOf(fleet: Fleet, key: string): Map<string, number> | null {
  switch (key) {
    case "state":
      return countText(fleet, "state", Object.keys(CONTAINER_LOOK));
    case "health":
      return countText(fleet, "health", HEALTH);
    case "host":
      return countText(fleet, "host", aliveHosts(fleet, "name"));
    case "image":
      return countText(fleet, "image", []);
    case "name":
      return countText(fleet, "name", []);
    case "reason":
      return countText(fleet, "reason", []);
    case "zone":
      return countZones(fleet);
    case "port":
      return countPorts(fleet);
    default:
      return null;
  }
}

type CountedColumn = "state" | "health" | "host" | "image" | "name" | "reason";

function countText(fleet: Fleet, column: CountedColumn, always: readonly string[]): Map<string, number> {
  const counts = new Map(always.map((value) => [value, 0]));
  const values = fleet.containers.text(column);
  forAlive(fleet, (at) => add(counts, values[at] ?? ""));
  return counts;
}

function countZones(fleet: Fleet): Map<string, number> {
  const [names, zones] = [aliveHosts(fleet, "name"), aliveHosts(fleet, "zone")];
  const zoneOf = new Map(names.map((name, i) => [name, zones[i] ?? ""]));
  const counts = new Map(zones.filter((zone) => zone !== "").map((zone) => [zone, 0]));
  const places = fleet.containers.text("host");
  forAlive(fleet, (at) => add(counts, zoneOf.get(places[at] ?? "") ?? ""));
  return counts;
}

function countPorts(fleet: Fleet): Map<string, number> {
  const counts = new Map<string, number>();
  const ports = fleet.containers.text("ports");
  forAlive(fleet, (at) => {
    for (const port of new Set(portNumbers(ports[at] ?? ""))) add(counts, port);
  });
  return counts;
}

function aliveHosts(fleet: Fleet, column: "name" | "zone"): string[] {
  const values = fleet.hosts.text(column);
  const found: string[] = [];
  for (let at = 0; at < fleet.hosts.end; at += 1) if (fleet.hosts.isAlive(at)) found.push(values[at] ?? "");
  return found;
}

function forAlive(fleet: Fleet, tell: (at: number) => void): void {
  for (let at = 0; at < fleet.containers.end; at += 1) if (fleet.containers.isAlive(at)) tell(at);
}

function add(counts: Map<string, number>, value: string): void {
  if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
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
