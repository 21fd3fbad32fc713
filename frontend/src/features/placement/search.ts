/**
 * What is asked of placement, as the address has it: readable, and good to send to somebody. From there to the request.
 */
import type { Simulation } from "@/shared/api/types";
import { PLACEMENT_TABS, type PlacementTab } from "@/shared/lib/paths";

/** What can be said of those that are supposed, all as text, in the order of the form. */
export const WISH_FIELDS = [
  "n",
  "service",
  "cpu",
  "memory",
  "gpus",
  "spread",
  "where",
  "tolerate",
  "policy",
  "like",
  "hcpu",
  "hmemory",
] as const;
export type WishField = (typeof WISH_FIELDS)[number];
export type Wish = Readonly<Record<WishField, string>>;

/** Numbers stand in the address as they are: the router would put quotation marks around their text. */
type Word = string | number;
export type PlacementSearch = Partial<Record<WishField, Word>> & {
  tab?: PlacementTab;
  /** The label by whose values hosts are lost together; none: each by itself. */
  label?: string;
  /** The policy that is open, or NEW. */
  edit?: string;
  /** What a rebalance shall make less of. */
  goal?: Goal;
  /** At most so many moves of a rebalance. */
  moves?: Word;
};

export const GOALS = ["spread", "pressure", "spare"] as const;
export type Goal = (typeof GOALS)[number];
export const MOST_MOVES = 20;

export const NEW = "+";
export const MOST = 10_000;
const SPREAD_WEIGHT = 50;
/** As what the supposed ones are a service of; the server's own name for it. */
const SUPPOSED = "simulated";

function word(value: unknown): Word | undefined {
  return (typeof value === "string" && value !== "") || typeof value === "number" ? value : undefined;
}

function told<Key extends string, Value>(pairs: readonly (readonly [Key, Value | undefined])[]) {
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Partial<Record<Key, Value>>;
}

export function readPlacement(search: Record<string, unknown>): PlacementSearch {
  const tab = PLACEMENT_TABS.find((one) => one === search["tab"]);
  const goal = GOALS.find((one) => one === search["goal"]);
  const moves = word(search["moves"]);
  const texts = (["label", "edit"] as const).map((name) => [name, word(search[name])?.toString()] as const);
  return {
    ...(tab && { tab }),
    ...(goal && { goal }),
    ...(moves !== undefined && { moves }),
    ...told(texts),
    ...told(WISH_FIELDS.map((field) => [field, word(search[field])] as const)),
  };
}

export function wishOf(search: PlacementSearch): Wish {
  return Object.fromEntries(WISH_FIELDS.map((field) => [field, String(search[field] ?? "")])) as Record<
    WishField,
    string
  >;
}

/** Like those of a service: the service says all of the rest. */
const OF_SERVICE: ReadonlySet<WishField> = new Set(["n", "service", "like", "hcpu", "hmemory"]);

export function searchOf(wish: Wish): PlacementSearch {
  const fields = WISH_FIELDS.filter((field) => wish.service === "" || OF_SERVICE.has(field));
  return told(fields.map((field) => [field, asWord(wish[field].trim())] as const));
}

function asWord(text: string): Word | undefined {
  return text !== "" && String(Number(text)) === text ? Number(text) : word(text);
}

/** Whether anything is asked: without it the page says what it is for. */
export function isAsked(search: PlacementSearch): boolean {
  return WISH_FIELDS.some((field) => search[field] !== undefined);
}

function filled(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const has = (value: unknown): boolean =>
    typeof value === "object" && value !== null ? Object.keys(value).length > 0 : value !== "";
  return Object.fromEntries(Object.entries(values).filter(([, value]) => has(value)));
}

function words(text: string): string[] {
  return text.split(/(?:,?\s)+/).filter(Boolean);
}

/** Whether the number of them is one that can be asked. */
export function isCount(text: string): boolean {
  return text === "" || isWithin(text, 1, MOST);
}

/** A whole number from `least` to `most`. */
export function isWithin(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}

/** The request of a wish. */
export function simulationOf(wish: Wish, project: string): Simulation {
  const { like, hcpu: cpu, hmemory: memory, service } = wish;
  const host = filled({ like, cpu, memory });
  return {
    project,
    count: wish.n === "" ? 1 : Number(wish.n),
    ...(service === "" ? { container: containerOf(wish) } : { service }),
    // The server has its own word for what is left out.
    ...(Object.keys(host).length > 0 && { host: host as NonNullable<Simulation["host"]> }),
  };
}

function containerOf(wish: Wish): Record<string, unknown> {
  const { cpu, memory, gpus, spread } = wish;
  const asked = /^[0-9]+$/.test(gpus) ? { count: Number(gpus) } : filled({ share: gpus });
  const apart = { service: SUPPOSED, apart: true, within: spread, prefer: SPREAD_WEIGHT };
  return filled({
    resources: filled({ cpu, memory, gpus: asked }),
    affinity: spread === "" ? [] : [apart],
    constraints: words(wish.where),
    tolerations: words(wish.tolerate),
    placement_policy: wish.policy,
  });
}

/** The field of the form at which the server found something wrong. */
export function fieldOf(pointer: string): WishField | undefined {
  const [, found] = PLACES.find(([place]) => pointer === place || pointer.startsWith(`${place}/`)) ?? [];
  return found;
}

const PLACES: readonly (readonly [string, WishField])[] = [
  ["/count", "n"],
  ["/service", "service"],
  ["/container/resources/cpu", "cpu"],
  ["/container/resources/memory", "memory"],
  ["/container/resources/gpus", "gpus"],
  ["/container/affinity", "spread"],
  ["/container/constraints", "where"],
  ["/container/tolerations", "tolerate"],
  ["/container/placement_policy", "policy"],
  ["/host/like", "like"],
  ["/host/cpu", "hcpu"],
  ["/host/memory", "hmemory"],
];
