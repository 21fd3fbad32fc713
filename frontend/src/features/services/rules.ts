/** Which verb makes sense for a service as it stands, by the table that the API itself refuses by. */
import type { RolloutStatus, Service } from "@/shared/api/types";

export type ServiceVerb =
  "update" | "scale" | "restart" | "roll-back" | "pause" | "resume" | "promote" | "abort" | "remove";
export type ServiceRefusal =
  | "already-removed"
  | "being-removed"
  | "remove-asked"
  | "is-global"
  | "already-paused"
  | "not-paused"
  | "nothing-held"
  | "no-rollout";

/** What the rules look at; a row of the list tells the same. `rollout`: of the one under way, "" when none is. */
export interface Standing {
  removing: boolean;
  paused: boolean;
  isGlobal: boolean;
  rollout: "" | "running" | "holding" | "paused";
}

interface Rule {
  code: ServiceRefusal;
  verbs: readonly ServiceVerb[];
  removing?: boolean;
  paused?: boolean;
  isGlobal?: boolean;
  rollouts?: readonly Standing["rollout"][];
}

const ALL = ["update", "scale", "restart", "roll-back", "pause", "resume", "promote", "abort"] as const;

const SERVICE_RULES: readonly Rule[] = [
  { code: "being-removed", verbs: ALL, removing: true },
  { code: "remove-asked", verbs: ["remove"], removing: true },
  { code: "is-global", verbs: ["scale"], isGlobal: true },
  { code: "already-paused", verbs: ["pause"], paused: true },
  { code: "not-paused", verbs: ["resume"], paused: false, rollouts: ["", "running", "holding"] },
  { code: "nothing-held", verbs: ["promote"], rollouts: ["", "running", "paused"] },
  { code: "no-rollout", verbs: ["abort"], rollouts: [""] },
];

export function standingOf(service: Service): Standing {
  return {
    removing: service.desired === "remove",
    paused: service.paused,
    isGlobal: service.mode === "global",
    rollout: underWay(service.rollout?.status),
  };
}

/** The roll-out that is not over yet. */
export function underWay(status: RolloutStatus | undefined): Standing["rollout"] {
  return status === "running" || status === "holding" || status === "paused" ? status : "";
}

/** The key of the reason why not, or null. */
export function serviceRefusal(
  verb: ServiceVerb,
  at: Standing,
  mayOperate: boolean,
): ServiceRefusal | "viewer" | null {
  if (!mayOperate) return "viewer";
  const found = SERVICE_RULES.find(
    (rule) =>
      rule.verbs.includes(verb) &&
      (rule.removing ?? at.removing) === at.removing &&
      (rule.paused ?? at.paused) === at.paused &&
      (rule.isGlobal ?? at.isGlobal) === at.isGlobal &&
      (rule.rollouts?.includes(at.rollout) ?? true),
  );
  return found?.code ?? null;
}
