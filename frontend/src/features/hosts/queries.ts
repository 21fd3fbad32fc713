/** The questions of this feature to the API. */
import { api, body } from "@/shared/api/client";
import type { Host, HostNew } from "@/shared/api/types";

export async function readHost(name: string): Promise<Host> {
  return body(await api.GET("/api/v1/hosts/{name}", { params: { path: { name } } }));
}

export async function addHost(host: HostNew, key: string): Promise<Host> {
  return body(
    await api.POST("/api/v1/hosts", { body: host, params: { header: { "Idempotency-Key": key } } }),
  );
}

export async function setCordon(name: string, isCordoned: boolean): Promise<Host> {
  const ask = { params: { path: { name } } };
  if (isCordoned) return body(await api.POST("/api/v1/hosts/{name}/cordon", ask));
  return body(await api.POST("/api/v1/hosts/{name}/uncordon", ask));
}
