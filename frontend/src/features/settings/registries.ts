/** The questions of the tab of registries to the API. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Registry, RegistryNew } from "@/shared/api/types";

const ALL = "/api/v1/projects/{project}/registries" as const;

export function registriesQuery(project: string) {
  return queryOptions({
    queryKey: ["registries", project],
    queryFn: async () => body(await api.GET(ALL, { params: { path: { project } } })),
  });
}

export async function saveRegistry(project: string, login: RegistryNew): Promise<Registry> {
  return body(await api.POST(ALL, { params: { path: { project } }, body: login }));
}

export async function testRegistry(project: string, id: number): Promise<Registry> {
  const params = { path: { project, registry_id: id } };
  return body(await api.POST(`${ALL}/{registry_id}/test`, { params }));
}

export async function removeRegistry(project: string, registry: Registry): Promise<void> {
  const path = { project, registry_id: registry.id };
  await api.DELETE(`${ALL}/{registry_id}`, {
    params: { path, header: { "If-Match": `"${registry.generation}"` } },
  });
}
