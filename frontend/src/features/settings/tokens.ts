/** The questions of the tab of tokens to the API. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

export type Token = components["schemas"]["Token"];
export type TokenMade = components["schemas"]["TokenMade"];
export type TokenNew = components["schemas"]["TokenNew"];
export type Role = TokenNew["role"];

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async () => body(await api.GET("/api/v1/tokens")),
});

export async function makeToken(wish: TokenNew): Promise<TokenMade> {
  return body(await api.POST("/api/v1/tokens", { body: wish }));
}

export async function revokeToken(id: number): Promise<void> {
  await api.DELETE("/api/v1/tokens/{token_id}", { params: { path: { token_id: id } } });
}
