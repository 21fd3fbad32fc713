/**
 * Every key of the console and what it does: the help is drawn from this, and a part of the page takes its keys from
 * here by name. `bind` wants all names of a scope, so that the help cannot show a key that nobody listens to.
 */
import type { KeyMap } from "./keys";

export const KEYS = {
  anywhere: { find: ["Ctrl K"], help: ["?"], theme: ["t"], dock: ["D"], close: ["Esc"] },
  move: { move: ["j", "k", "↑", "↓"], page: ["PgUp", "PgDn", "Home", "End"], open: ["Enter"] },
  extend: { extend: ["J", "K"] },
  held: { undo: ["z"] },
  filter: { filter: ["/"] },
  order: { resort: ["R"] },
  list: {
    peek: [" "],
    tick: ["x"],
    all: ["X"],
    actions: ["."],
    logs: ["l"],
    metrics: ["m"],
    why: ["w"],
    dock: ["L"],
  },
  container: {
    logs: ["l"],
    metrics: ["m"],
    events: ["e"],
    attempts: ["a"],
    why: ["w"],
    inspect: ["i"],
    actions: ["."],
    previous: ["["],
    next: ["]"],
    dock: ["L"],
  },
  services: { actions: ["."] },
  service: {
    overview: ["o"],
    containers: ["c"],
    decisions: ["w"],
    usage: ["u"],
    revisions: ["v"],
    rollouts: ["r"],
    events: ["e"],
    actions: ["."],
  },
} as const;

export type Scope = keyof typeof KEYS;
type Act = (event: KeyboardEvent) => unknown;

/** What each named key of a scope does, as useKeys takes it. */
export function bind<S extends Scope>(scope: S, acts: Record<keyof (typeof KEYS)[S], Act>): KeyMap {
  const named = Object.entries<readonly string[]>(KEYS[scope]);
  return Object.fromEntries(
    named.flatMap(([name, keys]) => keys.map((key) => [key, acts[name as keyof (typeof KEYS)[S]]])),
  );
}

/** How a key is written: a blank is a word, a capital is Shift and the letter. */
export function showKey(key: string): string {
  if (key === " ") return "Space";
  return /^[A-Z]$/.test(key) ? `Shift ${key.toLowerCase()}` : key;
}
