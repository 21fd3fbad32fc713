/**
 * What the list is asked for: its filter, its sort, and what is looked at beside it. What somebody asks for shows at
 * once, the address follows; what comes from outside (Back, a link) wins.
 */
import { useEffect, useRef, useState } from "react";
import { afterPaint } from "@/shared/lib/afterPaint";

/** As long as somebody goes on typing, the address waits: each step of it draws the whole page once more. */
const FOLLOW_MS = 200;

export interface Search {
  q?: string | undefined;
  sort?: string | undefined;
  peek?: string | undefined;
}

export interface Asked {
  query: string;
  /** As in the address; empty: none was asked for. */
  sort: string;
  /** Typed: shown at once, in the address a moment after the last key. */
  setQuery: (query: string) => void;
  /** Shown at once, in the address behind the frame that paints it, together with what was typed so far. */
  setSort: (sort: string) => void;
  /** Shown and in the address at once, together with what was typed so far. */
  ask: (part: Search) => void;
  /** What was typed goes into the address now: somebody is done with it, or leaves. */
  settle: () => void;
}

export function useAsked(search: Search, onSearch: (search: Search) => void): Asked {
  const address = search.q ?? "";
  const [query, setQuery] = useEchoed(address);
  const [sort, setSort] = useEchoed(search.sort ?? "");
  const ask = (part: Search): void => {
    if ("q" in part) setQuery(part.q ?? "");
    if ("sort" in part) setSort(part.sort ?? "");
    onSearch({ ...search, q: query || undefined, sort: sort || undefined, ...part });
  };
  const isSorted = sort === (search.sort ?? "");
  const isSettled = isSorted && query === address;
  const settle = (): void => {
    if (!isSettled) ask({});
  };
  useFollowing({ query, sort, isSorted, isSettled, settle });
  return { query, sort, setQuery, setSort, ask, settle };
}

/** A value that stands in the address too: our own change comes back from there later, as an echo. */
function useEchoed(address: string): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(address);
  const [seen, setSeen] = useState(address);
  const own = useRef(new Set<string>());
  if (address !== seen) {
    setSeen(address);
    // An echo of something asked a moment ago must not take back what was asked since.
    if (address === value) own.current.clear();
    else if (!own.current.has(address)) setValue(address);
  }
  const change = (next: string): void => {
    if (next === address) own.current.clear();
    else own.current.add(next);
    setValue(next);
  };
  return [value, change];
}

interface Following {
  query: string;
  sort: string;
  /** The address has the sort. */
  isSorted: boolean;
  /** The address has both. */
  isSettled: boolean;
  settle: () => void;
}

function useFollowing({ query, sort, isSorted, isSettled, settle }: Following): void {
  const latest = useRef(settle);
  useEffect(() => {
    latest.current = settle;
  });
  useEffect(() => {
    if (isSettled) return;
    const send = (): void => latest.current();
    const timer = setTimeout(send, FOLLOW_MS);
    // Nobody sorts as fast as one types: only the painting is waited for.
    const cancel = isSorted ? null : afterPaint(send);
    window.addEventListener("pagehide", send);
    return () => {
      clearTimeout(timer);
      cancel?.();
      window.removeEventListener("pagehide", send);
    };
  }, [query, sort, isSorted, isSettled]);
}
