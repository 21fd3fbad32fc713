/** The questions of this feature to the API. */
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { api, newKey } from "@/shared/api/client";
import type {
  Endpoints,
  Revision,
  Rollout,
  Service,
  ServiceContainer,
  SpecChange,
} from "@/shared/api/serviceTypes";
import type { OrchestraEvent } from "@/shared/api/types";
import type { Spec } from "@/shared/spec/draft";
import type { ServiceVerb } from "./rules";

const SERVICES = "/api/v1/projects/{project}/services";
const ONE = `${SERVICES}/{id}`;

export interface ServiceRef {
  project: string;
  id: string;
}

/** What is asked for beside the path. */
interface More {
  query?: Record<string, unknown>;
  header?: Record<string, string>;
  body?: unknown;
}
type Ask = (path: string, init: object) => Promise<{ data?: unknown }>;

async function ask<T>(
  method: "GET" | "POST" | "PUT",
  path: string,
  values: object,
  more: More = {},
): Promise<T> {
  const { query, header, body } = more;
  const call = api[method] as unknown as Ask;
  const answer = await call(path, { params: { path: values, query, header }, body });
  return answer.data as T;
}

export function serviceKey({ project, id }: ServiceRef): QueryKey {
  return ["service", project, id];
}

/** Of the version that was read: a change by somebody else in between is refused, not overwritten. */
function seen(generation: number): Record<string, string> {
  return { "If-Match": `"${generation}"` };
}

export async function readService({ project, id }: ServiceRef): Promise<Service> {
  return ask("GET", ONE, { project, id });
}

export async function readEndpoints({ project, id }: ServiceRef): Promise<Endpoints> {
  return ask("GET", `${ONE}/endpoints`, { project, id });
}

/** Throws what creating it would be refused with. */
export async function checkService(project: string, spec: Spec): Promise<unknown> {
  return ask("POST", `${SERVICES}/check`, { project }, { body: spec });
}

export async function createService(project: string, spec: Spec, key: string): Promise<Service> {
  return ask("POST", SERVICES, { project }, { body: spec, header: { "Idempotency-Key": key } });
}

export async function saveService(ref: ServiceRef, spec: Spec, generation: number): Promise<Service> {
  return ask("PUT", ONE, ref, { body: spec, header: seen(generation) });
}

/** What a verb needs to know beside its name. */
export type VerbBody = { replicas: number } | { revision: number | null } | Record<string, never>;

export async function sayTo(
  service: Service,
  verb: Exclude<ServiceVerb, "update">,
  body: VerbBody,
): Promise<Service> {
  const header = { ...seen(service.generation), "Idempotency-Key": newKey() };
  return ask("POST", `${ONE}/${verb}`, { project: service.project, id: service.id }, { header, body });
}

/** `asOf` names the state the answer belongs to: with another state it is asked again. */
export function containersQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "containers", asOf],
    queryFn: async () => listed(await ask<Listed<ServiceContainer>>("GET", `${ONE}/containers`, ref)),
    placeholderData: (before: ServiceContainer[] | undefined) => before,
    gcTime: 5_000,
  });
}

export function revisionsQuery(ref: ServiceRef, asOf: number) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "revisions", asOf],
    queryFn: async () => listed(await ask<Listed<Revision>>("GET", `${ONE}/revisions`, ref)),
    placeholderData: (before: Revision[] | undefined) => before,
  });
}

/** Revisions never change: what differs between two of them neither. */
export function diffQuery(ref: ServiceRef, from: number, to: number) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "diff", from, to],
    staleTime: Infinity,
    queryFn: async () => {
      const query = { from, to };
      return (await ask<{ changes: SpecChange[] }>("GET", `${ONE}/revisions/diff`, ref, { query })).changes;
    },
  });
}

export function rolloutsQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "rollouts", asOf],
    queryFn: async () => listed(await ask<Listed<Rollout>>("GET", `${ONE}/rollouts`, ref)),
    placeholderData: (before: Rollout[] | undefined) => before,
  });
}

export function eventsQuery(ref: ServiceRef, asOf: string) {
  return queryOptions({
    queryKey: [...serviceKey(ref), "events", asOf],
    queryFn: async () => listed(await ask<Listed<OrchestraEvent>>("GET", `${ONE}/events`, ref)),
    placeholderData: (before: OrchestraEvent[] | undefined) => before,
  });
}

type Listed<T> = readonly T[] | { results: readonly T[] };

function listed<T>(answer: Listed<T>): T[] {
  return [...("results" in answer ? answer.results : answer)];
}
