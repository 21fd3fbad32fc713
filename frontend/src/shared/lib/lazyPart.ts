/**
 * A part of the console that comes when it is first needed. A server that is going down may break off while it is
 * fetched: then it is asked for again, and at once when the server is back, so that no page stays broken for that.
 */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { session } from "../live/session";

const WAITS_MS = [500, 1_000, 2_000, 4_000];

/** It does not come although the server answers: as a rule, because the console was renewed meanwhile. */
export class PartMissing extends Error {}

export function lazyPart<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => fetchAgain(load));
}

/** Gives up after some times for which the server was there; while it is not, it waits for it. */
export async function fetchAgain<Part>(
  load: () => Promise<Part>,
  waits_ms: readonly number[] = WAITS_MS,
): Promise<Part> {
  for (const wait_ms of waits_ms) {
    try {
      return await load();
    } catch {
      await pause(wait_ms);
      await untilLive();
    }
  }
  return load().catch((error: unknown) => {
    throw new PartMissing(String(error));
  });
}

function pause(wait_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait_ms));
}

/** Before the console is first live there is nothing to wait for: the fetch itself tells. */
function untilLive(): Promise<void> {
  const { client } = session;
  if (client.freshness === "live" || client.freshness === "connecting") return Promise.resolve();
  return new Promise((resolve) => {
    const stop = client.onFreshness(() => {
      if (client.freshness !== "live") return;
      stop();
      resolve();
    });
  });
}
