import { notifyManager, QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "@/shared/api/problem";

/** What came while the tab was hidden is drawn once, when it is looked at again. */
const waiting: (() => void)[] = [];

notifyManager.setScheduler((draw) => {
  if (document.hidden) waiting.push(draw);
  else setTimeout(draw, 0);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const draw of waiting.splice(0)) draw();
});

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
