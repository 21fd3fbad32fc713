/** The questions of this feature to the API. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, newKey } from "@/shared/api/client";
import { policiesQuery } from "@/shared/api/policies";
import type { HostLoss, Policy, ProjectRebalance, Simulated, Simulation } from "@/shared/api/types";

const POLICIES = "/api/v1/policies" as const;
const CHOSEN = "/api/v1/projects/{project}/placement-policy" as const;
const REBALANCE = "/api/v1/projects/{project}/rebalance" as const;
const ROUNDS_EVERY_MS = 10_000;
const MOST = 1_000;

/** What was asked stays while the next answer is on its way; asked anew each time it is shown. */
export function simulationQuery(asked: Simulation) {
  return queryOptions({
    queryKey: ["simulate", asked],
    queryFn: async (): Promise<Simulated> =>
      body(await api.POST("/api/v1/what-if/placement", { body: asked })),
    placeholderData: (before: Simulated | undefined) => before,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}

/** `label` empty: each host by itself. */
export function lossQuery(label: string) {
  return queryOptions({
    queryKey: ["what-if", "host-loss", label],
    queryFn: async (): Promise<HostLoss> =>
      body(await api.GET("/api/v1/what-if/host-loss", { params: { query: label === "" ? {} : { label } } })),
    retry: false,
  });
}

export function serviceNamesQuery(project: string) {
  return queryOptions({
    queryKey: ["services", project, "names"],
    queryFn: async () => {
      const params = { path: { project }, query: { limit: MOST } };
      const { results } = body(await api.GET("/api/v1/projects/{project}/services", { params }));
      return results.filter((one) => one.mode !== "global").map((one) => one.name);
    },
  });
}

export function chosenQuery(project: string) {
  return queryOptions({
    queryKey: [...policiesQuery.queryKey, "of", project],
    queryFn: async (): Promise<Policy> => body(await api.GET(CHOSEN, { params: { path: { project } } })),
  });
}

export interface PolicySaid {
  name: string;
  description: string;
  weights: Record<string, number>;
  over: string;
}

/** `before`: the version that was read; without it a new one is made. */
export async function savePolicy(said: PolicySaid, before: Policy | undefined): Promise<Policy> {
  const { name, ...changes } = said;
  if (before === undefined) {
    const params = { header: { "Idempotency-Key": newKey() } };
    return body(await api.POST(POLICIES, { params, body: said }));
  }
  const params = { path: { policy: name }, header: { "If-Match": `"${before.generation}"` } };
  return body(await api.PATCH(`${POLICIES}/{policy}`, { params, body: changes }));
}

export async function removePolicy({ name, generation }: Policy): Promise<void> {
  const params = { path: { policy: name }, header: { "If-Match": `"${generation}"` } };
  await api.DELETE(`${POLICIES}/{policy}`, { params });
}

export async function choosePolicy(project: string, policy: string): Promise<Policy> {
  return body(await api.PUT(CHOSEN, { params: { path: { project } }, body: { policy } }));
}

/** Whether the project is rebalanced by itself, and how its last round went. */
export function rebalanceQuery(project: string) {
  return queryOptions({
    queryKey: ["rebalance", project],
    queryFn: async (): Promise<ProjectRebalance> =>
      body(await api.GET(REBALANCE, { params: { path: { project } } })),
    refetchInterval: ROUNDS_EVERY_MS,
  });
}

export type RebalanceSaid = Pick<ProjectRebalance, "is_on" | "goal" | "moves" | "interval_s">;

/** `generation`: of what was read. */
export async function saveRebalance(
  project: string,
  said: RebalanceSaid,
  generation: number,
): Promise<ProjectRebalance> {
  const params = { path: { project }, header: { "If-Match": `"${generation}"` } };
  return body(await api.PATCH(REBALANCE, { params, body: said }));
}
