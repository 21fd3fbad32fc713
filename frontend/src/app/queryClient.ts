import { notifyManager, QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "@/shared/api/problem";
import { whenShown } from "@/shared/live/whenShown";

notifyManager.setScheduler((draw) => setTimeout(() => whenShown(draw), 0));

/**
 * A refusal is an answer and is not asked again; a silence is, three times. Whether the browser thinks that it is online
 * says nothing of a server on the same machine or in the same house: it is asked anyhow, and nothing waits unsaid.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      retry: (count, error) => !(error instanceof RequestFailed && error.isFinal) && count < 3,
      refetchOnWindowFocus: false,
      staleTime: 2_000,
    },
    mutations: { networkMode: "always", retry: false },
  },
});
