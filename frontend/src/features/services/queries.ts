/** The questions of this feature to the API. */
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { api, body, newKey } from "@/shared/api/client";
import type { ServiceVerb } from "@/shared/api/rules.generated";
import type {
  Container,
  Endpoints,
  OrchestraEvent,
  PlanChange,
  Revision,
  Rollout,
  Service,
  ServiceDecisions,
  ServiceUsage,
} from "@/shared/api/types";
import type { Spec } from "@/shared/spec/draft";

const SERVICES = "/api/v1/projects/{project}/services" as const;
const ONE = `${SERVICES}/{service}` as const;

export interface ServiceRef {
  project: string;
  id: string;
}

function path({ project, id }: ServiceRef) {
  return { path: { project, service: id } };
}

export function serviceKey({ project, id }: ServiceRef): QueryKey {
  return ["service", project, id];
}

/** Of the version that was read: a change by somebody else in between is refused, not overwritten. */
function seen(generation: number): Record<string, string> {
  return { "If-Match": `"${generation}"` };
}

/** A change of this service as a plan takes it. */
export function changeOf(service: Service, verb: PlanChange["verb"], body: unknown): PlanChange {
  return { verb, project: service.project, service: service.id, body };
}

export async function readService(ref: ServiceRef): Promise<Service> {
  return body(await api.GET(ONE, { params: path(ref) }));
}

export async function readEndpoints(ref: ServiceRef): Promise<Endpoints> {
  return body(await api.GET(`${ONE}/endpoints`, { params: path(ref) }));
}

export async function readUsage(ref: ServiceRef, minutes: number): Promise<ServiceUsage> {
  return body(await api.GET(`${ONE}/usage`, { params: { ...path(ref), query: { minutes } } }));
}

/** Throws what creating it would be refused with. */
export async function checkService(project: string, spec: Spec): Promise<unknown> {
  return api.POST(`${SERVICES}/check`, { params: { path: { project } }, body: spec as never });
}

export async function createService(project: string, spec: Spec, key: string): Promise<Service> {
  const params = { path: { project }, header: { "Idempotency-Key": key } };
  return body(await api.POST(SERVICES, { params, body: spec as never }));
}

export async function saveService(ref: ServiceRef, spec: Spec, generation: number): Promise<Service> {
  const params = { ...path(ref), header: seen(generation) };
  return body(await api.PUT(ONE, { params, body: spec as never }));
}

/** A verb of a service, with what it needs to know beside its name. */
export type Wish =
  | { verb: "scale"; replicas: number }
  | { verb: "roll-back"; revision: number | null }
  | { verb: Exclude<ServiceVerb, "update" | "scale" | "roll-back"> };

export async function sayTo(service: Service, wish: Wish): Promise<Service> {
  const header = { ...seen(service.generation), "Idempotency-Key": newKey() };
  const params = { ...path(service), header };
  switch (wish.verb) {
    case "scale":
      return body(await api.POST(`${ONE}/scale`, { params, body: { replicas: wish.replicas } }));
    case "roll-back":
      return body(await api.POST(`${ONE}/roll-back`, { params, body: { revision: wish.revision } }));
    default:
      return body(await api.POST(`${ONE}/${wish.verb}`, { params }));
  }
}

/** `asOf` names the state the answer belongs to: with another state it is asked again. */
export function containersQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "containers", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/containers`, { params: path(ref) })),
    placeholderData: (before: Container[] | undefined) => before,
    gcTime: 5_000,
  });
}

export function revisionsQuery(ref: ServiceRef, asOf: number) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "revisions", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/revisions`, { params: path(ref) })),
    placeholderData: (before: Revision[] | undefined) => before,
  });
}

/** Revisions never change: what differs between two of them neither. */
export function diffQuery(ref: ServiceRef, from: number, to: number) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "diff", from, to],
    staleTime: Infinity,
    queryFn: async () => {
      const params = { ...path(ref), query: { from, to } };
      return body(await api.GET(`${ONE}/revisions/diff`, { params })).changes;
    },
  });
}

export function rolloutsQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "rollouts", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/rollouts`, { params: path(ref) })),
    placeholderData: (before: Rollout[] | undefined) => before,
  });
}

/** Why some wait changes with every host: so often it is asked again while any does and is looked at. */
const WAITS_EVERY_MS = 10_000;

export function decisionsQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "decisions", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/decisions`, { params: path(ref) })),
    placeholderData: (before: ServiceDecisions | undefined) => before,
    refetchInterval: ({ state }) => (state.data?.waiting.length ? WAITS_EVERY_MS : false),
  });
}

export function eventsQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "events", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/events`, { params: path(ref) })).results,
    placeholderData: (before: OrchestraEvent[] | undefined) => before,
  });
}
