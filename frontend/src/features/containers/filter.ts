/**
 * Which containers a filter lets through. Adds to the filter of the columns what needs more than one column to be
 * known: the zone, which is the host's, and a port, which is one of several.
 */
import type { Fleet } from "@/live/fleet";
import { containerFilter } from "@/live/query";
import { readTokens, type Token, withoutToken } from "./tokens";

export type Test = (position: number) => boolean;

export function listFilter(fleet: Fleet, text: string): Test {
  const tokens = readTokens(text.toLowerCase());
  const own = tokens.flatMap((token) => {
    const test = ownTest(fleet, token);
    return test === null ? [] : [{ token, test }];
  });
  const rest = tokens.filter((token) => !own.some((one) => one.token === token) && !isUnfinished(token));
  const others = containerFilter(fleet.containers, rest.map((token) => token.text).join(" "));
  const tests = own.map(({ token, test }): Test => (token.isNot ? (at) => !test(at) : test));
  if (tests.length === 0) return others;
  return (at) => others(at) && tests.every((test) => test(at));
}

/** `cpu>` is on its way to `cpu>80`: it does not empty the list meanwhile. */
function isUnfinished(token: Token): boolean {
  return token.key !== null && token.values.length === 0 && token.trouble !== "unknownKey";
}

function ownTest(fleet: Fleet, token: Token): Test | null {
  if (token.values.length === 0 || token.sign !== ":") return null;
  if (token.key === "zone") return zoneTest(fleet, token.values);
  if (token.key === "port" || token.key === "ports") return portTest(fleet, token.values);
  return null;
}

function zoneTest(fleet: Fleet, wanted: readonly string[]): Test {
  const [names, zones] = [fleet.hosts.text("name"), fleet.hosts.text("zone")];
  const hosts = new Set<string>();
  for (let at = 0; at < fleet.hosts.end; at += 1) {
    const zone = zones[at]?.toLowerCase() ?? "";
    if (fleet.hosts.isAlive(at) && wanted.some((word) => zone.startsWith(word))) hosts.add(names[at] ?? "");
  }
  const places = fleet.containers.text("host");
  return (at) => hosts.has(places[at] ?? "");
}

/** On either side of the arrow: `8080->80/tcp` is found by both numbers, and not by 808. */
function portTest(fleet: Fleet, wanted: readonly string[]): Test {
  const ports = fleet.containers.text("ports");
  return (at) => portNumbers(ports[at] ?? "").some((port) => wanted.includes(port));
}

export function portNumbers(text: string): string[] {
  return text.match(/\d+/g) ?? [];
}

export interface Relaxed {
  /** The filter without one of its tokens. */
  text: string;
  without: string;
  count: number;
}

/** The filter that shows something again with one token less; null: no single token is to blame. */
export function relax(fleet: Fleet, text: string): Relaxed | null {
  const tokens = readTokens(text);
  if (tokens.length < 2) return null;
  const found = tokens.map((token) => {
    const rest = withoutToken(text, token);
    return { text: rest, without: token.text, count: countRows(fleet, listFilter(fleet, rest)) };
  });
  const [nearest] = found.filter((one) => one.count > 0).sort((a, b) => a.count - b.count);
  return nearest ?? null;
}

export function countRows(fleet: Fleet, test: Test): number {
  let count = 0;
  for (let at = 0; at < fleet.containers.end; at += 1)
    if (fleet.containers.isAlive(at) && test(at)) count += 1;
  return count;
}
