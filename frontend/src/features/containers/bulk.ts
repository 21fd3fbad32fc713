/**
 * One verb for many containers: asked one by one, a few at a time, each looked at again right before it is asked. Its
 * result names every object; it outlives the page that asked.
 */
import { RequestFailed } from "@/shared/api/problem";
import { Store } from "@/shared/lib/store";
import type { VerbName } from "./queries";
import type { Refusal } from "./rules";

const AT_ONCE = 6;

export interface Target {
  id: string;
  name: string;
}

export type Outcome = "done" | { refusal: Refusal } | { words: string };

export interface Result extends Target {
  outcome: Outcome;
}

export interface Run {
  project: string;
  verb: VerbName;
  total: number;
  results: readonly Result[];
  isOver: boolean;
}

export interface Ask {
  project: string;
  verb: VerbName;
  targets: readonly Target[];
  /** Read again for each, at the moment it is asked. */
  refusal: (id: string) => Refusal | null;
  send: (id: string) => Promise<unknown>;
}

export const bulk = new Store<Run | null>(null);

export function isRunning(): boolean {
  return bulk.get()?.isOver === false;
}

export async function runBulk(ask: Ask): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { project, verb, targets } = ask;
  const tell = (isOver: boolean): void =>
    bulk.set({ project, verb, total: targets.length, results: [...results], isOver });
  tell(false);
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      results.push({ ...one, outcome: await askOne(ask, one) });
      tell(false);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  tell(true);
  return results;
}

async function askOne(ask: Ask, { id }: Target): Promise<Outcome> {
  const refusal = ask.refusal(id);
  if (refusal !== null) return { refusal };
  try {
    await ask.send(id);
    return "done";
  } catch (error) {
    // Without an answer nothing is known about the outcome: the words for that are the page's.
    return { words: error instanceof RequestFailed ? error.message : "" };
  }
}

/** How many of them a verb can be asked of, and why not of the others: the reasons with their counts. */
export interface Choice {
  allowed: readonly Target[];
  refused: ReadonlyMap<Refusal, number>;
}

export function choose(targets: readonly Target[], refusal: (id: string) => Refusal | null): Choice {
  const refused = new Map<Refusal, number>();
  const allowed = targets.filter(({ id }) => {
    const reason = refusal(id);
    if (reason !== null) refused.set(reason, (refused.get(reason) ?? 0) + 1);
    return reason === null;
  });
  return { allowed, refused };
}
