/** The placement policies that there are; anybody may read them. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import type { Policy } from "./types";

const MOST = 1_000;

export const policiesQuery = queryOptions({
  queryKey: ["policies"],
  staleTime: 5_000,
  queryFn: async (): Promise<Policy[]> =>
    body(await api.GET("/api/v1/policies", { params: { query: { limit: MOST } } })).results,
});
