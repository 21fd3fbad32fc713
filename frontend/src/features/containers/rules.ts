/** Which verb makes sense in which state, by the table that the API itself refuses by. */
import { CONTAINER_RULES, type ContainerRefusal, type ContainerVerb } from "@/shared/api/rules.generated";
import type { Container } from "@/shared/api/types";
import type { ContainerTab } from "@/shared/lib/paths";

export type Refusal = "viewer" | ContainerRefusal;

/** The key of the reason why not, or null. What would change nothing has a reason too. */
export function refusal(verb: ContainerVerb, container: Container, mayOperate: boolean): Refusal | null {
  if (!mayOperate) return "viewer";
  const isGone = container.gone_at !== null;
  const isHeld = container.stop_at !== null;
  const isOfService = container.service_id !== null;
  const found = CONTAINER_RULES.find(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.desired.includes(container.desired) &&
      rule.statuses.includes(container.status) &&
      (rule.superseded ?? container.superseded) === container.superseded &&
      (rule.gone ?? isGone) === isGone &&
      (rule.held ?? isHeld) === isHeld &&
      (rule.follows ?? container.follows) === container.follows &&
      (rule.ofService ?? isOfService) === isOfService,
  );
  return found?.code ?? null;
}

/** What waits for a place is opened where the reasons stand. A start that is merely young is not. */
export function firstTab(container: Container): ContainerTab {
  const isRefused = container.state === "pending" && (container.message !== "" || container.reason !== "");
  return isRefused ? "why" : "logs";
}
