/** What the rules want to know of a container, read from its row: the list asks the same questions as its page does. */
import type { ContainerTable } from "@/live/fleet";
import type { Container } from "@/shared/api/types";
import type { VerbName } from "./queries";
import { type Refusal, refusal } from "./rules";

export type Facts = Pick<
  Container,
  "status" | "desired" | "gone_at" | "stop_at" | "superseded" | "follows" | "service_id"
>;
/** What a row does not tell. The server knows, and says so when it is asked. */
const UNTOLD = { gone_at: null, stop_at: null, superseded: false, follows: false } as const;

/** Null: there is no such row (any more). */
export function factsOf(table: ContainerTable, slot: string): Facts | null {
  const at = table.find(slot);
  if (at === undefined) return null;
  return {
    status: table.text("status")[at] as Container["status"],
    desired: table.text("desired")[at] as Container["desired"],
    service_id: table.text("service")[at] || null, // which one it is makes no difference
    ...UNTOLD,
  };
}

export function rowRefusal(verb: VerbName, facts: Facts | null, mayOperate: boolean): Refusal | null {
  if (facts === null) return mayOperate ? "already-removed" : "viewer";
  return refusal(verb, facts as Container, mayOperate);
}
