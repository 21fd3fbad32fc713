/** Questions that more than one part of the console asks. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import { isStatus } from "./problem";
import type { Host, Me } from "./types";

const LONGEST_PAGE = 1_000;

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
