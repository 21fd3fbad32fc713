/** Draining a host: what would move and what could not, before it is asked for and while it goes on. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, newKey } from "@/shared/api/client";
import type { Draining, Host } from "@/shared/api/types";
import { hostKey } from "./queries";

const DRAIN = "/api/v1/hosts/{name}/drain" as const;

/** What would follow now, or what is left. `asOf`: with another state of the host it is asked again. */
export function drainQuery(name: string, asOf: string) {
  return queryOptions({
    queryKey: [...hostKey(name), "drain", asOf],
    queryFn: async () => body(await api.GET(DRAIN, { params: { path: { name } } })),
    placeholderData: (before: Draining | undefined) => before,
    gcTime: 0,
    staleTime: 0,
  });
}

export async function startDrain({ name, generation }: Host): Promise<Draining> {
  const header = { "If-Match": `"${generation}"`, "Idempotency-Key": newKey() };
  return body(await api.POST(DRAIN, { params: { path: { name }, header } }));
}
