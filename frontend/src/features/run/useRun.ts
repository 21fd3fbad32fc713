import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { api, body, newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import { type Draft, fromSpec, type Spec, toSpec, withoutBlankRows } from "@/shared/spec/draft";
import { asShown } from "@/shared/spec/errors";
import { type FormKind, useWriter, type Writer } from "@/shared/spec/useWriter";

const CONTAINERS = "/api/v1/projects/{project}/containers" as const;
const KIND: FormKind<Draft> = { toSpec, fromSpec, withoutBlankRows, asShown };

/** The state of the page: the spec of one container, and the wish to run it. */
export function useRun(
  project: string,
  start: { first: Draft; mode: RunMode; onMode: (mode: RunMode) => void },
): Writer<Draft> {
  const wish = usePost(project);
  const ask = (spec: Spec): Promise<unknown> =>
    api.POST(`${CONTAINERS}/check`, { params: { path: { project } }, body: spec as never });
  return useWriter({ kind: KIND, ...start, check: { key: [project], ask }, wish });
}

function usePost(project: string) {
  const navigate = useNavigate();
  const key = useRef({ text: "", key: newKey() });
  return useMutation<Container, Error, Spec>({
    mutationFn: async (spec) => {
      // The same spec after a silence is the same request; anything else is a new one.
      const sent = JSON.stringify(spec);
      if (key.current.text !== sent) key.current = { text: sent, key: newKey() };
      const params = { path: { project }, header: { "Idempotency-Key": key.current.key } };
      return body(await api.POST(CONTAINERS, { params, body: spec as never }));
    },
    onSuccess: (made) => void navigate({ to: ROUTES.container, params: { project, id: made.slot } }),
    onError: (error) => {
      if (error instanceof RequestFailed && error.isFinal) key.current = { text: "", key: newKey() };
    },
  });
}
