/**
 * Which rows are ticked: by id, never by place. Shift and a move extend from an anchor: what the move leaves again is as
 * it was before, what it reaches is ticked.
 */

export interface Ticks {
  ids: ReadonlySet<string>;
  /** Where an extension began, and what was ticked then. */
  anchor: { id: string; before: ReadonlySet<string> } | null;
}

export const NO_TICKS: Ticks = { ids: new Set(), anchor: null };

export function toggle(ticks: Ticks, id: string): Ticks {
  const ids = new Set(ticks.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: { id, before: ids } };
}

/** From the anchor to `to`; without an anchor (or when its row is gone) from `from`. */
export function extend(ticks: Ticks, order: readonly string[], from: string, to: string): Ticks {
  const known = ticks.anchor !== null && order.includes(ticks.anchor.id) ? ticks.anchor : null;
  const anchor = known ?? { id: from, before: ticks.ids };
  const [a, b] = [order.indexOf(anchor.id), order.indexOf(to)];
  if (a < 0 || b < 0) return ticks;
  const range = order.slice(Math.min(a, b), Math.max(a, b) + 1);
  return { ids: new Set([...anchor.before, ...range]), anchor };
}

/** All that are shown; when they are all ticked already, none of them. */
export function toggleAll(ticks: Ticks, shown: readonly string[]): Ticks {
  const areAll = shown.length > 0 && shown.every((id) => ticks.ids.has(id));
  const ids = new Set(ticks.ids);
  for (const id of shown) {
    if (areAll) ids.delete(id);
    else ids.add(id);
  }
  return { ids, anchor: null };
}

export function withoutIds(ticks: Ticks, gone: Iterable<string>): Ticks {
  const ids = new Set(ticks.ids);
  for (const id of gone) ids.delete(id);
  return ids.size === ticks.ids.size ? ticks : { ids, anchor: null };
}

export function shownState(ticks: Ticks, shown: readonly string[]): "none" | "some" | "all" {
  let count = 0;
  for (const id of shown) if (ticks.ids.has(id)) count += 1;
  if (count === 0) return "none";
  return count === shown.length ? "all" : "some";
}
