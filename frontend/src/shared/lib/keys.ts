/** Keyboard: single keys and `g x` chords, silent while somebody types or a dialog is open, or switched off. */
import { useEffect, useRef } from "react";
import { Store } from "./store";

const CHORD_MS = 1_200;
/** An action that answers false leaves the key to whoever has the focus. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => unknown>>;

const SINGLE_KEYS_KEY = "orchestra.single-keys";

/** Keys that are a character: somebody who speaks to the machine, or leans on it, may want them off. */
export const singleKeys = new Store(localStorage.getItem(SINGLE_KEYS_KEY) !== "off");

export function switchSingleKeys(areOn: boolean): void {
  localStorage.setItem(SINGLE_KEYS_KEY, areOn ? "on" : "off");
  singleKeys.set(areOn);
}

type Listener = (event: KeyboardEvent) => void;
/** Who listens, in the order in which they are asked: parts of a page, then what leaves the page. */
const inner = new Set<Listener>();
const outer = new Set<Listener>();

function tell(event: KeyboardEvent): void {
  for (const listener of [...inner, ...outer]) {
    if (event.defaultPrevented) return;
    listener(event);
  }
}

function listen(to: Set<Listener>, listener: Listener): () => void {
  if (inner.size + outer.size === 0) window.addEventListener("keydown", tell);
  to.add(listener);
  return () => {
    to.delete(listener);
    if (inner.size + outer.size === 0) window.removeEventListener("keydown", tell);
  };
}

/** `isOuter`: asked when no part of the page wanted the key, whichever of them came first into the page. */
export function useKeys(keys: KeyMap, isOuter = false): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    return listen(isOuter ? outer : inner, (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0] ?? event.target))
        return;
      if (event.key.length === 1 && !singleKeys.get()) return;
      const chord = first && event.timeStamp - first.at < CHORD_MS ? `${first.key} ${event.key}` : null;
      first = event.key === "g" ? { key: "g", at: event.timeStamp } : null;
      // After a `g` a key is the end of a chord, also of somebody else's, and never one by itself.
      const act = current.current[chord ?? event.key];
      if (act && act(event) !== false) event.preventDefault();
    });
  }, [isOuter]);
}

/** `target` is the innermost one: an editor may stand in a shadow tree. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      "input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]",
    ) !== null
  );
}
