/** How a service stands, in one sentence: what is true, why, and what can be done. */
import type { TFunction } from "i18next";
import type { Rollout, Service } from "@/shared/api/types";
import { underWay } from "./rules";

export function sentenceOf(service: Service, t: TFunction): string {
  const { ready, desired_count: count, live, rollout } = service;
  const counts = { ready, count };
  switch (service.state) {
    case "running":
      return t("service.is.running", counts);
    case "idle":
      return t("service.is.idle", { count: live });
    case "degraded":
      return t("service.is.degraded", counts);
    case "removing":
      return t("service.is.removing", { count: live });
    case "paused":
      return [t("service.is.paused"), rolloutWords(rollout, t)].join(" ");
    case "updating":
      return rolloutWords(rollout, t);
    case "holding":
      return [rolloutWords(rollout, t), t("service.is.holding")].join(" ");
    case "failed":
      return [t("service.is.failed", { number: rollout?.number ?? 0 }), t("service.is.ready", counts)].join(
        " ",
      );
  }
}

/** "Roll-out 4 brings revision 3: 1 of 3 done." Nothing when there is none that is not over. */
function rolloutWords(rollout: Rollout | null, t: TFunction): string {
  if (rollout === null || rollout.finished_at !== null) return "";
  const { number, done, total, revision } = rollout;
  return t(`service.rolls.${rollout.kind}`, { number, done, total, revision });
}

/** How the last roll-out ended, where that is worth a word; what one under way waits for stands beside its progress. */
export function outcomeOf({ rollout }: Service): string {
  if (rollout === null || underWay(rollout.status) !== "") return "";
  const isPlain =
    rollout.kind !== "roll-back" && (rollout.status === "done" || rollout.status === "superseded");
  return isPlain ? "" : rollout.message;
}
