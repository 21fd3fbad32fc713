import { notifyManager, QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "@/shared/api/problem";
import { whenShown } from "@/shared/live/whenShown";

notifyManager.setScheduler((draw) => setTimeout(() => whenShown(draw), 0));

/** A refusal is an answer and is not asked again; a silence is, three times. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => !(error instanceof RequestFailed && error.isFinal) && count < 3,
      refetchOnWindowFocus: false,
      staleTime: 2_000,
    },
    mutations: { retry: false },
  },
});
