/** One container as it is now: by GET, then by its topic. */
import type { UseQueryResult } from "@tanstack/react-query";
import { containerKey, type ContainerRef, readContainer } from "../api/queries";
import type { Container } from "../api/types";
import { useLiveObject } from "./hooks";

export function useContainer(ref: ContainerRef): UseQueryResult<Container> {
  return useLiveObject<Container>({
    key: containerKey(ref),
    topic: (known) =>
      known === undefined ? null : known.slot === ref.id ? `slot:${ref.id}` : `container:${ref.id}`,
    fetch: () => readContainer(ref),
  });
}
