/** Which verb makes sense in which state, by the table that the API itself refuses by. */
import { CONTAINER_RULES, type ContainerRefusal, type ContainerVerb } from "@/shared/api/rules.generated";
import type { Container } from "@/shared/api/types";
import { firstRule } from "@/shared/lib/firstRule";
import type { ContainerTab } from "@/shared/lib/paths";

export type Refusal = "viewer" | ContainerRefusal;

/** The key of the reason why not, or null. What would change nothing has a reason too. */
export function refusal(verb: ContainerVerb, container: Container, mayOperate: boolean): Refusal | null {
  if (!mayOperate) return "viewer";
  const { desired, status, superseded, follows } = container;
  return firstRule(CONTAINER_RULES, verb, {
    desired,
    status,
    superseded,
    follows,
    gone: container.gone_at !== null,
    held: container.stop_at !== null,
    ofService: container.service_id !== null,
  });
}

/** What waits for a place is opened where the reasons stand. A start that is merely young is not. */
export function firstTab(container: Container): ContainerTab {
  const isRefused = container.state === "pending" && (container.message !== "" || container.reason !== "");
  return isRefused ? "why" : "logs";
}
