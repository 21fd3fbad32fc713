import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Endpoints, Service, Container } from "@/shared/api/types";
import { useCalmFleet, useLiveObject } from "@/shared/live/hooks";
import { containersQuery, readEndpoints, readService, serviceKey, type ServiceRef } from "./queries";

const CALM_MS = 500;

/** One service as it is now: by GET, then by its topic. */
export function useService(ref: ServiceRef): UseQueryResult<Service> {
  return useLiveObject<Service>({
    key: serviceKey(ref),
    topic: () => `service:${ref.id}`,
    fetch: () => readService(ref),
  });
}

export function useEndpoints(ref: ServiceRef): UseQueryResult<Endpoints> {
  return useLiveObject<Endpoints>({
    key: [...serviceKey(ref), "endpoints"],
    topic: () => `endpoints:${ref.id}`,
    fetch: () => readEndpoints(ref),
  });
}

/** The containers of its slots, successors included: asked again when the service or one of its slots has changed. */
export function useContainers(service: Service): UseQueryResult<Container[]> {
  const slots = useSlots(service.name);
  const { rollout } = service;
  const step = `${rollout?.number ?? 0}.${rollout?.done ?? 0}.${rollout?.stepped_at ?? ""}`;
  const asOf = `${service.version}.${service.ready}.${service.live}.${step}.${slots}`;
  return useQuery(containersQuery({ project: service.project, id: service.id }, asOf));
}

/** A number that is another one as soon as a slot of the service looks different in the feed. */
function useSlots(name: string): number {
  const { containers } = useCalmFleet(CALM_MS);
  const [names, ids, states] = [containers.text("name"), containers.text("id"), containers.text("state")];
  const prefix = `${name}.`;
  let hash = 0;
  for (let at = 0; at < containers.end; at += 1) {
    if (!containers.isAlive(at) || names[at]?.startsWith(prefix) !== true) continue;
    for (const letter of `${ids[at]}${states[at]}`) hash = (hash * 31 + letter.charCodeAt(0)) | 0;
  }
  return hash;
}
