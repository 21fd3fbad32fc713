import { useMutation, useQueryClient } from "@tanstack/react-query";
import { meQuery } from "@/shared/api/queries";
import type { RequestFailed } from "@/shared/api/problem";
import type { Me } from "@/shared/api/types";

/** What both ways in have in common: the answer is who we are now. */
export function useEntry(enter: () => Promise<Me>, then: () => void) {
  const cache = useQueryClient();
  return useMutation<Me, RequestFailed>({
    mutationFn: enter,
    onSuccess: (me) => {
      cache.clear();
      cache.setQueryData(meQuery.queryKey, me);
      then();
    },
  });
}
