/** Brakes that hold: read by GET, and again with every event of a brake; members are told of no such event and ask often. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Brake } from "@/shared/api/types";
import { useNewestEvent } from "@/shared/live/events";

const BRAKES = "/api/v1/brakes" as const;
const KEY = ["brakes"] as const;
const ADMIN_ASKS_MS = 30_000;
const MEMBER_ASKS_MS = 5_000;
const NONE: readonly Brake[] = [];

function brakesQuery(asOf: string, isAdmin: boolean) {
  return queryOptions({
    queryKey: [...KEY, asOf],
    refetchInterval: isAdmin ? ADMIN_ASKS_MS : MEMBER_ASKS_MS,
    placeholderData: (before: Brake[] | undefined) => before,
    queryFn: async () => body(await api.GET(BRAKES, { params: { query: { on: true } } })).results,
  });
}

/** Whatever the answer: while it is not known, nothing is said of brakes. */
export function useBrakes(isAdmin: boolean): readonly Brake[] {
  const asOf = useNewestEvent(null, (event) => event.kind.startsWith("brake."));
  return useQuery(brakesQuery(asOf, isAdmin)).data ?? NONE;
}

export const allBrakes = { queryKey: KEY };

export async function releaseBrake(brake: Brake, key: string): Promise<Brake> {
  const params = { path: { brake: brake.id }, header: { "Idempotency-Key": key } };
  return body(await api.POST(`${BRAKES}/{brake}/release`, { params }));
}
