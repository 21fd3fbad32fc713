import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { meQuery } from "@/shared/api/queries";
import type { RequestFailed } from "@/shared/api/problem";
import type { Me } from "@/shared/api/types";

/** What both ways in have in common: the answer is who we are now. */
export function useEntry(enter: () => Promise<Me>, then: () => void): UseMutationResult<Me, RequestFailed, void> {
  const cache = useQueryClient();
  return useMutation<Me, RequestFailed, void>({
    mutationFn: enter,
    onSuccess: (me) => {
      cache.clear();
      cache.setQueryData(meQuery.queryKey, me);
      then();
    },
  });
}
