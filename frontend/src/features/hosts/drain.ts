/** Draining a host: what would move and what could not, before it is asked for and while it goes on. */
import { queryOptions } from "@tanstack/react-query";
import { api, newKey } from "@/shared/api/client";
import { hostKey } from "./queries";

const DRAIN = "/api/v1/hosts/{name}/drain";

export interface DrainMove {
  /** Its id. */
  container: string;
  name: string;
  project: string;
  /** None: it stands alone. */
  service: string | null;
  why: string;
}

export type DrainBlock = Omit<DrainMove, "service">;

export interface Drain {
  host: string;
  availability: string;
  moves: DrainMove[];
  blocked: DrainBlock[];
  done: number;
  total: number;
  summary: string;
}

/** Until the schema knows this address. */
type Ask = (path: string, init: object) => Promise<{ data?: unknown }>;

/** What would follow now, or what is left. `asOf`: with another state of the host it is asked again. */
export function drainQuery(name: string, asOf: string) {
  return queryOptions({
    queryKey: [...hostKey(name), "drain", asOf],
    queryFn: async () => {
      const get = api.GET as unknown as Ask;
      return (await get(DRAIN, { params: { path: { name } } })).data as Drain;
    },
    placeholderData: (before: Drain | undefined) => before,
    gcTime: 0,
    staleTime: 0,
  });
}

export async function startDrain(name: string): Promise<void> {
  const post = api.POST as unknown as Ask;
  await post(DRAIN, { params: { path: { name }, header: { "Idempotency-Key": newKey() } } });
}
