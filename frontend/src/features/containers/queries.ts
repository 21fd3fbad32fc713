/** The questions of this feature to the API. */
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { ContainerVerb } from "@/shared/api/rules.generated";
import type { Container, Decision, OrchestraEvent } from "@/shared/api/types";

export const TAIL_LINES = 1_000;
const ONE = "/api/v1/projects/{project}/containers/{container}" as const;

interface Ref {
  project: string;
  id: string;
}

function path({ project, id }: Ref): { params: { path: { project: string; container: string } } } {
  return { params: { path: { project, container: id } } };
}

export function containerKey({ project, id }: Ref): QueryKey {
  return ["container", project, id];
}

export async function readContainer(ref: Ref): Promise<Container> {
  return body(await api.GET(ONE, path(ref)));
}

export type VerbName = Exclude<ContainerVerb, "keep">;

export async function askFor(verb: VerbName, ref: Ref): Promise<Container> {
  switch (verb) {
    case "stop":
      return body(await api.POST(`${ONE}/stop`, path(ref)));
    case "restart":
      return body(await api.POST(`${ONE}/restart`, path(ref)));
    case "remove":
      return body(await api.POST(`${ONE}/remove`, path(ref)));
  }
}

/** `asOf` names the state the answer belongs to: with another state it is asked again. */
export function attemptsQuery(ref: Ref, asOf: string) {
  return queryOptions({
    queryKey: [...containerKey(ref), "attempts", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/attempts`, path(ref))),
    placeholderData: (before: Container[] | undefined) => before,
  });
}

export function decisionQuery(ref: Ref, asOf: string) {
  return queryOptions({
    queryKey: [...containerKey(ref), "decision", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/decision`, path(ref))),
    placeholderData: (before: Decision | undefined) => before,
  });
}

export function eventsQuery(ref: Ref, asOf: string) {
  return queryOptions({
    queryKey: [...containerKey(ref), "events", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/events`, path(ref))).results,
    placeholderData: (before: OrchestraEvent[] | undefined) => before,
  });
}

export function logsQuery(ref: Ref) {
  return queryOptions({
    queryKey: [...containerKey(ref), "logs"],
    queryFn: async () =>
      body(
        await api.GET(`${ONE}/logs`, {
          params: { ...path(ref).params, query: { tail: TAIL_LINES, timestamps: true } },
        }),
      ),
  });
}
