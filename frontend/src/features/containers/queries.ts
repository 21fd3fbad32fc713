/** The questions of this feature to the API. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { containerKey, type ContainerRef } from "@/shared/api/queries";
import type { ContainerVerb } from "@/shared/api/rules.generated";
import type { Container, Decision, OrchestraEvent } from "@/shared/api/types";

const ONE = "/api/v1/projects/{project}/containers/{container}" as const;

function path({ project, id }: ContainerRef): { params: { path: { project: string; container: string } } } {
  return { params: { path: { project, container: id } } };
}

export type VerbName = Exclude<ContainerVerb, "keep">;

/** So long a stop of one, asked here, is held by the server, which may be taken back until then. */
export const HOLD_S = 10;

export async function keepRunning(ref: ContainerRef): Promise<Container> {
  return body(await api.POST(`${ONE}/keep`, path(ref)));
}

/** `delay_s`: how long a stop is held. */
export async function askFor(verb: VerbName, ref: ContainerRef, delay_s = 0): Promise<Container> {
  switch (verb) {
    case "stop":
      return body(await api.POST(`${ONE}/stop`, { ...path(ref), body: { delay_s } }));
    case "restart":
      return body(await api.POST(`${ONE}/restart`, path(ref)));
    case "remove":
      return body(await api.POST(`${ONE}/remove`, path(ref)));
  }
}

/** Of a service's container only: its service puts another one in its place. */
export async function replaceOne(ref: ContainerRef): Promise<Container> {
  return body(await api.POST(`${ONE}/replace`, path(ref)));
}

/** `asOf` names the state the answer belongs to: with another state it is asked again. */
export function attemptsQuery(ref: ContainerRef, asOf: string) {
  return queryOptions({
    queryKey: [...containerKey(ref), "attempts", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/attempts`, path(ref))),
    placeholderData: (before: Container[] | undefined) => before,
  });
}

/** Why one waits changes with every host: so often it is asked again while it waits and is looked at. */
const WAITS_EVERY_MS = 10_000;

export function decisionQuery(ref: ContainerRef, asOf: string) {
  return queryOptions({
    refetchInterval: ({ state }) => (state.data?.now ? WAITS_EVERY_MS : false),
    queryKey: [...containerKey(ref), "decision", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/decision`, path(ref))),
    placeholderData: (before: Decision | undefined) => before,
  });
}

export function eventsQuery(ref: ContainerRef, asOf: string) {
  return queryOptions({
    queryKey: [...containerKey(ref), "events", asOf],
    queryFn: async () => body(await api.GET(`${ONE}/events`, path(ref))).results,
    placeholderData: (before: OrchestraEvent[] | undefined) => before,
  });
}
