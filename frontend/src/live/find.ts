/** Finds services, containers and hosts by parts of their names, the best first. Reads the columns; keeps nothing. */
import type { Fleet } from "./fleet";

export interface Found {
  kind: "container" | "host" | "service";
  /** The slot of a container, the name of a host, the id of a service. */
  key: string;
  name: string;
  state: string;
  /** Where a container is; the zone of a host; how many of a service are ready. */
  place: string;
}

/** Lower is better; null: it does not match. Every word must be in the name. */
export function rankName(name: string, words: readonly string[]): number | null {
  const lower = name.toLowerCase();
  let rank = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at < 0) return null;
    if (lower === word) continue;
    const startsPart = at === 0 || !/[a-z0-9]/.test(lower.charAt(at - 1));
    rank += at === 0 ? 1 : startsPart ? 2 : 3;
  }
  return rank;
}

export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

export function findObjects(fleet: Fleet, text: string, most: number): Found[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const { hosts, containers, services } = fleet;
  const ranked: { rank: number; found: Found }[] = [];
  const take = (name: string, words_: readonly string[], make: () => Found): void => {
    const rank = rankName(name, words_);
    if (rank !== null) ranked.push({ rank, found: make() });
  };
  for (let at = 0; at < hosts.end; at += 1) {
    const name = hosts.text("name")[at] ?? "";
    if (!hosts.isAlive(at)) continue;
    const [state, place] = [hosts.text("state")[at] ?? "", hosts.text("zone")[at] ?? ""];
    take(name, words, () => ({ kind: "host", key: name, name, state, place }));
  }
  for (let at = 0; at < services.end; at += 1) {
    const name = services.text("name")[at] ?? "";
    if (!services.isAlive(at)) continue;
    const place = `${services.num("ready")[at] ?? 0}/${services.num("desired_count")[at] ?? 0}`;
    take(name, words, () => ({
      ...{ kind: "service", key: services.text("id")[at] ?? "", name },
      ...{ state: services.text("state")[at] ?? "", place },
    }));
  }
  for (let at = 0; at < containers.end; at += 1) {
    const name = containers.text("name")[at] ?? "";
    if (!containers.isAlive(at)) continue;
    take(name, words, () => ({
      ...{ kind: "container", key: containers.text("slot")[at] ?? "", name },
      ...{ state: containers.text("state")[at] ?? "", place: containers.text("host")[at] ?? "" },
    }));
  }
  const order = (a: Found, b: Found): number =>
    a.name.length - b.name.length || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return ranked
    .sort((a, b) => a.rank - b.rank || order(a.found, b.found))
    .slice(0, most)
    .map(({ found }) => found);
}
