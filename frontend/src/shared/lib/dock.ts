/**
 * The dock: which logs stand at the foot of the console, which of them is on top, how high it is. It stays over
 * navigation and over a reload of the tab; who logs out leaves none behind.
 */
import { Store } from "./store";

const KEPT_KEY = "orchestra.dock";
const MOST_TABS = 8;
export const LEAST_HEIGHT_PX = 120;
const FIRST_HEIGHT_PX = 260;
const STEP_PX = 24;

export interface DockTab {
  project: string;
  /** The slot: a restart goes on in the same tab. */
  id: string;
  name: string;
}

export interface DockState {
  tabs: readonly DockTab[];
  active: string | null;
  isOpen: boolean;
  height_px: number;
}

export const EMPTY_DOCK: DockState = { tabs: [], active: null, isOpen: false, height_px: FIRST_HEIGHT_PX };

/** On top and open; a ninth tab takes the place of the oldest that is not on top. */
export function withTab(state: DockState, tab: DockTab): DockState {
  const isThere = state.tabs.some((one) => one.id === tab.id);
  const tabs = isThere ? state.tabs : [...state.tabs, tab];
  const surplus = tabs.length > MOST_TABS ? tabs.find((one) => one.id !== state.active) : undefined;
  return { ...state, tabs: tabs.filter((one) => one !== surplus), active: tab.id, isOpen: true };
}

/** Its right neighbour comes on top, else the left one; with the last tab the dock goes. */
export function withoutTab(state: DockState, id: string): DockState {
  const at = state.tabs.findIndex((one) => one.id === id);
  const tabs = state.tabs.filter((one) => one.id !== id);
  const active = state.active === id ? ((tabs[at] ?? tabs[at - 1])?.id ?? null) : state.active;
  return { ...state, tabs, active, isOpen: state.isOpen && tabs.length > 0 };
}

/** The tab beside the active one, around the ends. */
export function neighbour(state: DockState, step: number): string | null {
  const at = state.tabs.findIndex((one) => one.id === state.active);
  const count = state.tabs.length;
  return count === 0 ? null : (state.tabs[(at + step + count) % count]?.id ?? null);
}

export function clampHeight(height_px: number, window_px: number): number {
  return Math.round(Math.max(LEAST_HEIGHT_PX, Math.min(mostHeight(window_px), height_px)));
}

export function mostHeight(window_px: number): number {
  return Math.max(LEAST_HEIGHT_PX, Math.round(window_px * 0.7));
}

/** Where a key on the divider moves it; null: it is no key of the divider. */
export function heightByKey(key: string, height_px: number, window_px: number): number | null {
  const moves: Record<string, number> = {
    ArrowUp: height_px + STEP_PX,
    ArrowDown: height_px - STEP_PX,
    Home: mostHeight(window_px),
    End: LEAST_HEIGHT_PX,
  };
  const next = moves[key];
  return next === undefined ? null : clampHeight(next, window_px);
}

export function readDock(text: string | null): DockState {
  try {
    const kept = JSON.parse(text ?? "null") as Partial<DockState> | null;
    if (!kept || !Array.isArray(kept.tabs)) return EMPTY_DOCK;
    const tabs = (kept.tabs as Partial<DockTab>[]).filter(isTab);
    const active = tabs.find((one) => one.id === kept.active)?.id ?? tabs[0]?.id ?? null;
    const height_px = typeof kept.height_px === "number" ? kept.height_px : FIRST_HEIGHT_PX;
    return { tabs, active, height_px, isOpen: kept.isOpen === true && tabs.length > 0 };
  } catch {
    return EMPTY_DOCK;
  }
}

function isTab(tab: Partial<DockTab>): tab is DockTab {
  return [tab.project, tab.id, tab.name].every((word) => typeof word === "string" && word !== "");
}

export const dock = new Store<DockState>(readDock(sessionStorage.getItem(KEPT_KEY)));
dock.subscribe(() => sessionStorage.setItem(KEPT_KEY, JSON.stringify(dock.get())));

export function openInDock(tab: DockTab): void {
  dock.set(withTab(dock.get(), tab));
}
