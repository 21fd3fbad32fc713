// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test } from "vitest";
import { useNewestEvent } from "./events";

afterEach(cleanup);

test("who only looks at the events knows how they are read, for whoever asks anew", () => {
  const cache = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useNewestEvent(null, () => true), { wrapper });
  expect(result.current).toBe("");
  const [query] = cache.getQueryCache().getAll();
  expect(query?.state.fetchStatus).toBe("idle");
  expect(query?.options.queryFn).toBeDefined();
});
