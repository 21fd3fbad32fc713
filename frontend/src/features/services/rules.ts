/** Which verb makes sense for a service as it stands, by the table that the API itself refuses by. */
import {
  SERVICE_RULES,
  type ServiceRefusal,
  type ServiceStanding,
  type ServiceVerb,
} from "@/shared/api/rules.generated";
import type { RolloutStatus, Service } from "@/shared/api/types";
import { firstRule } from "@/shared/lib/firstRule";

export function standingOf(service: Service): ServiceStanding {
  return {
    removing: service.desired === "remove",
    gone: false, // one that is gone is not found any more
    paused: service.paused,
    isGlobal: service.mode === "global",
    rollout: underWay(service.rollout?.status),
  };
}

/** The roll-out that is not over yet. */
export function underWay(status: RolloutStatus | undefined): ServiceStanding["rollout"] {
  return status === "running" || status === "holding" || status === "paused" ? status : "";
}

/** The key of the reason why not, or null. */
export function serviceRefusal(
  verb: ServiceVerb,
  at: ServiceStanding,
  mayOperate: boolean,
): ServiceRefusal | "viewer" | null {
  return mayOperate ? firstRule(SERVICE_RULES, verb, at) : "viewer";
}
