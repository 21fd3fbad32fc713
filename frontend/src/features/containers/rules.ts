/** Which verb makes sense in which state. Answers the key of the reason why not, or null. */
import type { Container } from "@/shared/api/types";
import type { ContainerTab } from "@/shared/lib/paths";
import type { VerbName } from "./queries";

const ENDED: readonly Container["status"][] = ["stopped", "failed", "exited", "lost", "cancelled"];

export type Refusal = "viewer" | "removing" | "stopping" | "ended" | "gone";

export function refusal(verb: VerbName, container: Container, mayOperate: boolean): Refusal | null {
  if (!mayOperate) return "viewer";
  if (container.desired === "remove") return container.gone_at !== null ? "gone" : "removing";
  // A slot that waits for its next attempt can still be stopped.
  if (verb === "stop" && ENDED.includes(container.status) && container.state !== "restarting") return "ended";
  if (verb === "stop" && container.desired === "stop") return "stopping";
  return null;
}

/** What waits for a place is opened where the reasons stand. A start that is merely young is not. */
export function firstTab(container: Container): ContainerTab {
  const isRefused = container.state === "pending" && (container.message !== "" || container.reason !== "");
  return isRefused ? "why" : "logs";
}
