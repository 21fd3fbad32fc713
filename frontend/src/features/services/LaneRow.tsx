import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Service, Container } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { useContainer } from "@/shared/live/container";
import { ContainerStatus } from "@/shared/ui/Status";
import type { Lane } from "./lanes";
import styles from "./Services.module.css";

/** One slot: what is to go, what comes, and in a word how far that is. */
export function LaneRow({ service, lane }: { service: Service; lane: Lane }) {
  const { t } = useTranslation();
  const { key, old, now, phase } = lane;
  const host = now?.host ?? old?.host ?? null;
  const why = [now?.message, now === null ? old?.message : ""].find((text) => text) ?? "";
  return (
    <li className={styles.lane} data-phase={phase} data-slot={key}>
      <span className={styles.slot}>{service.mode === "global" ? (host ?? key) : key}</span>
      {old !== null && <Side one={old} />}
      {old !== null && (
        <span aria-hidden="true" className="soft">
          →
        </span>
      )}
      {now !== null && (now.is_successor ? <LiveSide one={now} /> : <Side one={now} />)}
      {now === null && <span className="soft">{t(`rollout.none.${phase}`)}</span>}
      <span className={styles.laneWhy} title={why}>
        {why !== "" ? why : service.mode !== "global" && host !== null ? host : ""}
      </span>
      <span className={styles.phase}>{t(`rollout.phase.${phase}`)}</span>
    </li>
  );
}

function Side({ one, state = one.state }: { one: Container; state?: string }) {
  return (
    <span className={styles.side}>
      <ContainerStatus state={state} />
      <Link className="mono" to={ROUTES.container} params={{ project: one.project, id: one.id }}>
        <span className="sr-only">{one.name} </span>r{one.revision}
      </Link>
    </span>
  );
}

/** The feed shows the one that stands in the slot; its successor has a topic of its own. */
function LiveSide({ one }: { one: Container }) {
  const { data } = useContainer({ project: one.project, id: one.id });
  return <Side one={one} state={data?.state ?? one.state} />;
}
