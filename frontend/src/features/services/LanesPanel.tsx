import { IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Rollout, Service } from "@/shared/api/types";
import { showAge } from "@/shared/lib/format";
import { useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { RolloutMark } from "@/shared/ui/Status";
import { Verb } from "@/shared/ui/Verb";
import { LaneRow } from "./LaneRow";
import { type Lane, lanesOf, shownLanes } from "./lanes";
import { Progress } from "./Progress";
import { underWay } from "./rules";
import styles from "./Services.module.css";
import { useContainers } from "./useService";
import { useServiceVerbs } from "./useServiceVerbs";

const MOST_LANES = 60;
const ICON = { size: 15, stroke: 1.7 } as const;

/** The roll-out, or the slots when none is under way: one lane per slot, what was there and what takes its place. */
export function LanesPanel({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useContainers(service);
  const { rollout } = service;
  const isRolling = underWay(rollout?.status) !== "";
  const lanes = data ? lanesOf(service, data) : [];
  return (
    <Panel
      title={
        isRolling && rollout !== null ? t("rollout.title", { number: rollout.number }) : t("rollout.slots")
      }
      note={isRolling && rollout !== null ? arrow(rollout) : undefined}
      actions={isRolling && <RolloutVerbs service={service} />}
    >
      {isRolling && rollout !== null && <Standing service={service} rollout={rollout} lanes={lanes} />}
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={[80, 80, 80]} />}
      {data && lanes.length === 0 && <EmptyState title={t("rollout.noSlots")} />}
      {lanes.length > 0 && <Lanes service={service} lanes={lanes} />}
    </Panel>
  );
}

/** `r2 → r3`: from which revision to which. */
export function arrow(rollout: Rollout): string {
  return rollout.from_revision === null
    ? `r${rollout.revision}`
    : `r${rollout.from_revision} → r${rollout.revision}`;
}

function RolloutVerbs({ service }: { service: Service }) {
  const { t } = useTranslation();
  const verbs = useServiceVerbs(service);
  return (
    <>
      {service.rollout?.status === "holding" && (
        <Verb
          label={t("serviceVerb.promote")}
          icon={<IconPlayerPlay {...ICON} />}
          refusal={verbs.refusal("promote")}
          isBusy={verbs.busy === "promote"}
          onClick={() => verbs.ask({ verb: "promote" })}
        />
      )}
      <Verb
        label={t("serviceVerb.abort")}
        icon={<IconX {...ICON} />}
        refusal={verbs.refusal("abort")}
        isBusy={verbs.busy === "abort"}
        isDanger
        onClick={() => verbs.ask({ verb: "abort" })}
      />
    </>
  );
}

interface StandingProps {
  service: Service;
  rollout: Rollout;
  lanes: readonly Lane[];
}

/** How far it is, what it is allowed, and why it waits. */
function Standing({ service, rollout, lanes }: StandingProps) {
  const { t } = useTranslation();
  const now_ms = useNow();
  const { update } = service;
  const inFlight = lanes.filter((lane) => lane.phase === "moving").length;
  const idle_ms = now_ms - Date.parse(rollout.stepped_at);
  const words = [
    t("rollout.inFlight", { count: inFlight, batch: update.batch }),
    t("rollout.failures", { count: rollout.failures, allowed: update.failure_threshold }),
    t("rollout.asked", { who: rollout.asked_by, age: showAge(now_ms - Date.parse(rollout.started_at)) }),
    t("rollout.stepped", { age: showAge(idle_ms) }),
  ];
  return (
    <div className={styles.standing} data-testid="rollout">
      <div className={styles.standingLine}>
        <RolloutMark status={rollout.status} />
        <Progress
          done={rollout.done}
          total={rollout.total}
          isMoving={rollout.status === "running" && !service.paused}
          isWide
        />
      </div>
      <p className="soft">{words.join(" · ")}</p>
      {rollout.message !== "" && <p data-testid="rollout-message">{rollout.message}</p>}
    </div>
  );
}

function Lanes({ service, lanes }: { service: Service; lanes: readonly Lane[] }) {
  const { t } = useTranslation();
  const shown = shownLanes(lanes, MOST_LANES);
  const hidden = lanes.length - shown.length;
  return (
    <>
      <ol className={styles.lanes} aria-label={t("rollout.slots")} data-testid="lanes">
        {shown.map((lane) => (
          <LaneRow key={lane.key} service={service} lane={lane} />
        ))}
      </ol>
      {hidden > 0 && <p className="soft">{t("rollout.moreSlots", { count: hidden })}</p>}
    </>
  );
}
