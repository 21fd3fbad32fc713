/** Questions that more than one part of the console asks. */
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import { isStatus } from "./problem";
import type { Container, Host, Me } from "./types";

const LONGEST_PAGE = 1_000;
/** As many lines of a log as the server gives at once. */
export const TAIL_LINES = 5_000;

/** Who is logged in; null when nobody is. */
export const meQuery = queryOptions<Me | null>({
  queryKey: ["me"],
  staleTime: 60_000,
  queryFn: async () => {
    try {
      return body(await api.GET("/api/v1/me"));
    } catch (error) {
      if (isStatus(error, 401)) return null;
      throw error;
    }
  },
});

/** The hosts with what the fleet feed leaves out: data addresses and conditions. */
export const hostsQuery = queryOptions<Host[]>({
  queryKey: ["hosts"],
  staleTime: 10_000,
  queryFn: async () =>
    body(await api.GET("/api/v1/hosts", { params: { query: { limit: LONGEST_PAGE } } })).results,
});

export interface ContainerRef {
  project: string;
  /** A slot's, which stays over restarts, or one attempt's. */
  id: string;
}

export function containerKey({ project, id }: ContainerRef): QueryKey {
  return ["container", project, id];
}

export async function readContainer({ project, id }: ContainerRef): Promise<Container> {
  const path = { project, container: id };
  return body(await api.GET("/api/v1/projects/{project}/containers/{container}", { params: { path } }));
}

export function logsQuery(ref: ContainerRef) {
  const path = { project: ref.project, container: ref.id };
  return queryOptions({
    queryKey: [...containerKey(ref), "logs"],
    queryFn: async () =>
      body(
        await api.GET("/api/v1/projects/{project}/containers/{container}/logs", {
          params: { path, query: { tail: TAIL_LINES, timestamps: true } },
        }),
      ),
  });
}
