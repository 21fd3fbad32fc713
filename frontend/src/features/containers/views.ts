/** Saved views of the list: a name for a filter and an order, kept in this browser for each project. */
import type { TFunction } from "i18next";

const MOST_VIEWS = 50;
export const LONGEST_NAME = 40;

export interface View {
  name: string;
  q: string;
  sort: string;
}

export function givenViews(t: TFunction): View[] {
  return [
    { name: t("views.failing"), q: "state:failed,lost,unhealthy,unknown,restarting", sort: "state" },
    { name: t("views.pending"), q: "state:pending", sort: "created" },
    { name: t("views.mostCpu"), q: "", sort: "-cpu_millis" },
    { name: t("views.mostMemory"), q: "", sort: "-memory_bytes" },
    { name: t("views.newest"), q: "", sort: "-created" },
  ];
}

export function viewsKey(project: string): string {
  return `orchestra.views.${project}`;
}

export function readViews(text: string | null): View[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(view: unknown): view is View {
  const { name, q, sort } = (view ?? {}) as Partial<Record<keyof View, unknown>>;
  return typeof name === "string" && name !== "" && typeof q === "string" && typeof sort === "string";
}

export type NameTrouble = "empty" | "long" | "taken" | "full";

/** Why a view cannot have this name; `own` is the view that is renamed. */
export function nameTrouble(
  name: string,
  views: readonly View[],
  given: readonly View[],
  own?: string,
): NameTrouble | null {
  const word = name.trim().toLowerCase();
  if (word === "") return "empty";
  if (word.length > LONGEST_NAME) return "long";
  const others = [...given, ...views.filter((view) => view.name !== own)];
  if (others.some((view) => view.name.toLowerCase() === word)) return "taken";
  return own === undefined && views.length >= MOST_VIEWS ? "full" : null;
}

export function withView(views: readonly View[], view: View): View[] {
  return [...views, { ...view, name: view.name.trim() }].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function renameView(views: readonly View[], from: string, to: string): View[] {
  const view = views.find((one) => one.name === from);
  return view ? withView(withoutView(views, from), { ...view, name: to }) : [...views];
}

export function withoutView(views: readonly View[], name: string): View[] {
  return views.filter((view) => view.name !== name);
}

/** The view that shows what is shown now. */
export function viewOf(views: readonly View[], q: string, sort: string): View | undefined {
  return views.find((view) => view.q === q.trim() && view.sort === sort);
}
