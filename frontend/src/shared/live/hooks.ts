/** The live session in React: re-reads what is on screen at the ticker's pace, never per frame. */
import { type QueryKey, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useReducer, useRef, useState, useSyncExternalStore } from "react";
import type { Freshness } from "@/live/client";
import type { Fleet } from "@/live/fleet";
import { newer, type Versioned } from "@/live/merge";
import { session } from "./session";
import { whenShown } from "./whenShown";

/** The fleet as of the last tick. The object is the same; the component is drawn again when it changed. */
export function useFleet(): { fleet: Fleet; revision: number } {
  const revision = useSyncExternalStore(session.ticker.subscribe, session.ticker.read);
  return { fleet: session.fleet, revision };
}

/** Something that tells of its every change, drawn at the ticker's pace: and not at all while the tab is hidden. */
export function usePaced(subscribe: (listener: () => void) => () => void): void {
  useSyncExternalStore(session.ticker.subscribe, session.ticker.read);
  useEffect(() => subscribe(() => session.ticker.mark(true)), [subscribe]);
}

/**
 * The fleet, drawn at most once in an interval: for what people read as a whole and not line by line. What was not there
 * yet is drawn as soon as it is.
 */
export function useCalmFleet(interval_ms: number): Fleet {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let drawnAt = performance.now();
    let drawn_count = session.fleet.ready_count;
    const tell = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      drawnAt = performance.now();
      drawn_count = session.fleet.ready_count;
      draw();
    };
    const stop = session.ticker.subscribe(() => {
      if (session.fleet.ready_count > drawn_count) whenShown(tell);
      else
        timer ??= setTimeout(() => whenShown(tell), Math.max(0, interval_ms - (performance.now() - drawnAt)));
    });
    draw(); // what came between the first drawing and now
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [interval_ms]);
  return session.fleet;
}

export function useFreshness(): Freshness {
  return useSyncExternalStore(session.client.onFreshness, () => session.client.freshness);
}

/** Now, rounded to the interval; drawn again with each step. */
export function useNow(interval_ms = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, interval_ms);
    return () => clearInterval(timer);
  }, [interval_ms]);
  return now;
}

/** Seconds since the last frame came; drawn again every second. */
export function useStaleSeconds(): number {
  useNow();
  return Math.round((performance.now() - (session.client.heardAt ?? performance.now())) / 1_000);
}

interface LiveObject<T> {
  key: QueryKey;
  /** Of what is known already; null: nothing can be subscribed yet. */
  topic: (known: T | undefined) => string | null;
  fetch: () => Promise<T>;
}

/** One object by GET, then by its topic; of the two the newer one is shown. */
export function useLiveObject<T extends Versioned>({ key, topic, fetch }: LiveObject<T>): UseQueryResult<T> {
  const cache = useQueryClient();
  const keyRef = useRef(key);
  useEffect(() => {
    keyRef.current = key;
  });
  const query = useQuery<T>({
    queryKey: key,
    queryFn: fetch,
    structuralSharing: (shown, came) => newer(shown as T | undefined, came as T),
  });
  const named = topic(query.data);
  useEffect(() => {
    if (named === null) return;
    const handle = session.client.subscribe(
      { topic: named },
      {
        onFrame: (frame) => {
          if (frame.t !== "obj") return;
          const came = frame.object as T;
          cache.setQueryData<T>(keyRef.current, (shown) => newer(shown, came));
        },
        // What happened while nobody listened is read again.
        onStart: () => void cache.invalidateQueries({ queryKey: keyRef.current, exact: true }),
      },
    );
    return () => handle.close();
  }, [cache, named]);
  return query;
}
