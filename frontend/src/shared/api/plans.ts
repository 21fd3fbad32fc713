/** Plans: what changes would bring, asked before they are made; and carrying one out. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, newKey } from "./client";
import type { HostLoss, Plan, PlanChange } from "./types";

const PLANS = "/api/v1/plans" as const;
const LOSS_EVERY_MS = 30_000;

/** Asked anew each time it is shown: it holds for the moment. */
export function planQuery(changes: readonly PlanChange[]) {
  return queryOptions({
    queryKey: ["plan", changes],
    queryFn: async () => {
      const params = { header: { "Idempotency-Key": newKey() } };
      return body(await api.POST(PLANS, { params, body: { changes: [...changes] } }));
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
}

export async function applyPlan(plan: Plan, key: string): Promise<Plan> {
  const params = { path: { plan: plan.id }, header: { "Idempotency-Key": key } };
  return body(await api.POST(`${PLANS}/{plan}/apply`, { params }));
}

/** Whether everything still fits if any one host is lost; a look at the fleet from time to time. */
export const hostLossQuery = queryOptions({
  queryKey: ["what-if", "host-loss"],
  queryFn: async (): Promise<HostLoss> => body(await api.GET("/api/v1/what-if/host-loss")),
  placeholderData: (before: HostLoss | undefined) => before,
  refetchInterval: LOSS_EVERY_MS,
});
