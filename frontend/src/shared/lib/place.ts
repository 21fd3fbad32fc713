/**
 * Where a list stood: scrolled how far, on which row. Kept per entry of the browser's history and over a reload, so
 * that Back shows it as it was left.
 */
const KEPT = "orchestra.places";
const MOST_KEPT = 50;

export interface Place {
  top_px: number;
  selected: string | null;
}

let places: Map<string, Place> | null = null;

/** `label` tells the lists of the console apart. */
export function placeOf(label: string): Place | null {
  return known().get(nameOf(label)) ?? null;
}

export function keepPlace(label: string, place: Place): void {
  const name = nameOf(label);
  const before = known().get(name);
  if (before?.top_px === place.top_px && before.selected === place.selected) return;
  known().delete(name); // the one written last stands last; the oldest are let go
  known().set(name, place);
  places = new Map([...known()].slice(-MOST_KEPT));
  sessionStorage.setItem(KEPT, JSON.stringify([...places]));
}

function nameOf(label: string): string {
  const entry = window.history.state as { __TSR_key?: string } | null;
  return `${entry?.__TSR_key ?? ""} ${label}`;
}

function known(): Map<string, Place> {
  if (places !== null) return places;
  try {
    places = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as [string, Place][]);
  } catch {
    places = new Map();
  }
  return places;
}
