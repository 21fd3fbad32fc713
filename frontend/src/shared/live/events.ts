/** The history, newest first: a page by GET, what is new by the events topic, older pages when somebody asks. */
import {
  type QueryClient,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { api, body } from "../api/client";
import type { OrchestraEvent } from "../api/types";
import { session } from "./session";

const PAGE_ROWS = 100;
const MOST_ROWS = 5_000;
/** A hidden tab draws nothing, and still does not gather without end. */
const MOST_WAITING = 500;

/** A project's events; null: of everything, also of the platform, for admins. */
export type Scope = string | null;

export interface History {
  events: OrchestraEvent[];
  hasOlder: boolean;
}

export interface Events {
  data: History | undefined;
  error: Error | null;
  retry: () => void;
  readOlder: () => void;
  isReadingOlder: boolean;
}

export function useEvents(scope: Scope): Events {
  const cache = useQueryClient();
  const keyText = scope ?? "";
  const query = useQuery<History>(reading(cache, scope));
  const older = useMutation({
    mutationFn: (before: string) => readPage(scope, before),
    onSuccess: (page) =>
      cache.setQueryData<History>(key(scope), (known) => ({
        events: merge(known?.events ?? [], page.events),
        hasOlder: page.hasOlder,
      })),
  });
  useEffect(() => {
    const asked: Scope = keyText === "" ? null : keyText;
    let waiting: OrchestraEvent[] = [];
    // With the tick, as everything live: a large fleet tells of dozens in a second.
    const show = (): void => {
      // Until the first page is here there is nothing to lay them on.
      if (waiting.length === 0 || cache.getQueryData(key(asked)) === undefined) return;
      const came = waiting;
      waiting = [];
      cache.setQueryData<History>(key(asked), (known) => known && withLive(known, came));
    };
    const stop = session.ticker.subscribe(show);
    const handle = session.client.subscribe(
      { topic: `events:${keyText}` },
      {
        onFrame: (frame) => {
          if (frame.t !== "event") return;
          waiting.push(frame.event as OrchestraEvent);
          if (waiting.length >= MOST_WAITING) show();
          session.ticker.mark(false);
        },
        // What happened while nobody listened is read again.
        onStart: () => void cache.invalidateQueries({ queryKey: key(asked), exact: true }),
      },
    );
    return () => {
      stop();
      handle.close();
      show();
    };
  }, [cache, keyText]);
  const last = query.data?.events.at(-1)?.id;
  return {
    data: query.data,
    error: query.error ?? older.error,
    retry: () => void query.refetch(),
    readOlder: () => {
      if (last !== undefined && !older.isPending) older.mutate(last);
    },
    isReadingOlder: older.isPending,
  };
}

/**
 * The id of the newest one of a kind among what `useEvents` of this scope has read, as long as something on the page
 * reads it; "" while there is none. Drawn again only when it is another one.
 */
export function useNewestEvent(scope: Scope, isMeant: (event: OrchestraEvent) => boolean): string {
  const cache = useQueryClient();
  const { data } = useQuery<History, Error, string>({
    ...reading(cache, scope),
    enabled: false, // it looks at what is there; whoever shows the events asks
    select: ({ events }) => events.find(isMeant)?.id ?? "",
  });
  return data ?? "";
}

function key(scope: Scope): QueryKey {
  return ["events", scope];
}

/** The same for everybody who shares it: what is asked anew is asked by the options of whoever came last. */
function reading(cache: QueryClient, scope: Scope) {
  return {
    queryKey: key(scope),
    queryFn: async () => {
      const page = await readPage(scope);
      return withNewest(cache.getQueryData<History>(key(scope)), page);
    },
    structuralSharing: false,
  };
}

async function readPage(scope: Scope, before?: string): Promise<History> {
  const query = {
    limit: PAGE_ROWS,
    ...(scope === null ? {} : { project: scope }),
    ...(before === undefined ? {} : { before }),
  };
  const page = body(await api.GET("/api/v1/events", { params: { query } }));
  return { events: page.results, hasOlder: page.next !== null };
}

/** Ids are numbers too long for JavaScript: the longer text is the younger event. */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

/** Both lists as one, newest first, each event once. `known` is in order; what is newer than all of it goes on top. */
export function merge(known: readonly OrchestraEvent[], more: readonly OrchestraEvent[]): OrchestraEvent[] {
  const top = known[0];
  const isOnTop = top === undefined || more.every((event) => isNewer(event.id, top.id));
  if (isOnTop) return [...inOrder(more), ...known];
  const ids = new Set(known.map((event) => event.id));
  return inOrder([...known, ...more.filter((event) => !ids.has(event.id))]);
}

function inOrder(events: readonly OrchestraEvent[]): OrchestraEvent[] {
  const unique = new Map(events.map((event) => [event.id, event]));
  return [...unique.values()].sort((a, b) => (a.id === b.id ? 0 : isNewer(a.id, b.id) ? -1 : 1));
}

/** The oldest make room: they can be read again. */
function withLive(known: History, came: readonly OrchestraEvent[]): History {
  const events = merge(known.events, came);
  if (events.length <= MOST_ROWS) return { ...known, events };
  return { events: events.slice(0, MOST_ROWS), hasOlder: true };
}

/** Laid over what is known; where the page does not reach down to it, a hole would stay: then the page stands alone. */
export function withNewest(known: History | undefined, page: History): History {
  const [newest] = known?.events ?? [];
  const oldest = page.events.at(-1);
  if (!known || !newest || !oldest || (page.hasOlder && isNewer(oldest.id, newest.id))) return page;
  return { events: merge(known.events, page.events), hasOlder: known.hasOlder };
}
