/** The questions of this feature to the API. */
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Following, Host, HostNew, OrchestraEvent, UsagePoint } from "@/shared/api/types";
import type { KeptSaid } from "./keptDraft";

const ONE = "/api/v1/hosts/{name}" as const;

export function hostKey(name: string): QueryKey {
  return ["host", name];
}

function path(name: string) {
  return { path: { name } };
}

/** Of the version that was read: a change by somebody else in between is refused, not overwritten. */
function seen(host: Host) {
  return { "If-Match": `"${host.generation}"` };
}

export async function readHost(name: string): Promise<Host> {
  return body(await api.GET(ONE, { params: path(name) }));
}

export async function addHost(host: HostNew, key: string): Promise<Host> {
  return body(
    await api.POST("/api/v1/hosts", { body: host, params: { header: { "Idempotency-Key": key } } }),
  );
}

export async function setCordon(name: string, isCordoned: boolean): Promise<Host> {
  const ask = { params: path(name) };
  if (isCordoned) return body(await api.POST(`${ONE}/cordon`, ask));
  return body(await api.POST(`${ONE}/uncordon`, ask));
}

export async function setLabels(host: Host, labels: Record<string, string>): Promise<Host> {
  return body(await api.PATCH(ONE, { params: { ...path(host.name), header: seen(host) }, body: { labels } }));
}

export async function setKept(host: Host, said: KeptSaid): Promise<Host> {
  return body(await api.PATCH(ONE, { params: { ...path(host.name), header: seen(host) }, body: said }));
}

export interface GpuSaid {
  device: string;
  model: string;
}
/** `gpus` null: those that its engine says. */
export interface GpusSaid {
  gpus: GpuSaid[] | null;
  gpu_sharing: boolean;
}

export async function setGpus(host: Host, said: GpusSaid): Promise<Host> {
  const trimmed = said.gpus?.map((gpu) => ({ device: gpu.device.trim(), model: gpu.model.trim() }));
  const wanted = { ...said, gpus: trimmed ?? null };
  return body(await api.PATCH(ONE, { params: { ...path(host.name), header: seen(host) }, body: wanted }));
}

export async function removeHost(host: Host, forgetVolumes: boolean): Promise<void> {
  const query = forgetVolumes ? { forget_volumes: true } : {};
  await api.DELETE(ONE, { params: { ...path(host.name), header: seen(host), query } });
}

/** What would follow from marking it dead; asked anew each time, because it is about this moment. */
export function followingQuery(name: string) {
  return queryOptions({
    queryKey: [...hostKey(name), "mark-dead"],
    queryFn: async (): Promise<Following> => body(await api.GET(`${ONE}/mark-dead`, { params: path(name) })),
    gcTime: 0,
    staleTime: 0,
  });
}

export async function markDead(name: string, key: string): Promise<Following> {
  const params = { ...path(name), header: { "Idempotency-Key": key } };
  return body(await api.POST(`${ONE}/mark-dead`, { params, body: { confirm: name } }));
}

/** Its history is the platform's: for admins. With another version of the host it is asked again. */
export function hostEventsQuery(host: Host) {
  return queryOptions({
    queryKey: [...hostKey(host.name), "events", host.version],
    queryFn: async () =>
      body(await api.GET("/api/v1/events", { params: { query: { object: `host:${host.id}` } } })).results,
    placeholderData: (before: OrchestraEvent[] | undefined) => before,
  });
}

export async function readUsage(name: string, minutes: number): Promise<UsagePoint[]> {
  return body(await api.GET(`${ONE}/usage`, { params: { ...path(name), query: { minutes } } })).points;
}
