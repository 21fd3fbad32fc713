import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { fleetUsage, type Summary } from "@/live/summary";
import { hostLossQuery } from "@/shared/api/plans";
import type { ContainerState } from "@/shared/api/types";
import { showCount } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import type { Fleet } from "@/live/fleet";
import { Said } from "@/shared/ui/Said";
import { ContainerStatus } from "@/shared/ui/Status";
import styles from "./Overview.module.css";
import { showShare } from "@/shared/lib/share";

/** Shown always, in this order, so that a number is found where it was; the rest joins the one it is most like. */
const SHOWN = [
  ["running", []],
  ["starting", []],
  ["pending", []],
  ["restarting", []],
  ["unhealthy", []],
  ["failed", ["lost"]],
  ["unknown", []],
] as const satisfies readonly (readonly [ContainerState, readonly ContainerState[]])[];

interface Props {
  fleet: Fleet;
  summary: Summary;
  /** How many hold. */
  brakes: number;
  project: string;
}

/** How the fleet is, in one line and eight numbers. */
export function Verdict({ fleet, summary, brakes, project }: Props) {
  const { t, i18n } = useTranslation();
  const usage = fleetUsage(fleet);
  const count = (value: number): string => showCount(value, i18n.language);
  const isHealthy = summary.isHealthy && brakes === 0;
  const word = t(isHealthy ? "overview.healthy" : "overview.degraded");
  const reasons = useReasons(summary, brakes);
  return (
    <section className={styles.strip} aria-label={t("overview.fleet")}>
      <div className={styles.verdict} data-healthy={isHealthy} data-testid="verdict">
        <h1 className={styles.word}>{word}</h1>
        <p>{reasons}</p>
        <p className="soft">
          {t("overview.size", { hosts: count(summary.hosts), containers: count(summary.containers) })}
        </p>
        <Spare />
      </div>
      {SHOWN.map(([state, more]) => {
        const states = [state, ...more];
        const sum = states.reduce((total, one) => total + (summary.states.get(one) ?? 0), 0);
        return (
          <Link
            key={state}
            className={styles.figure}
            to={ROUTES.containers}
            params={{ project }}
            search={{ q: `state:${states.join(",")}` }}
            data-zero={sum === 0}
          >
            <ContainerStatus state={state} />
            <span className={styles.number}>{count(sum)}</span>
          </Link>
        );
      })}
      <Figure label={t("overview.cpuUsed")} text={showShare(usage.cpu_used, usage.cpu_capacity)} />
      <Figure label={t("overview.memoryUsed")} text={showShare(usage.memory_used, usage.memory_capacity)} />
      <Said text={`${word}: ${reasons}`} />
    </section>
  );
}

function Figure({ label, text }: { label: string; text: string }) {
  return (
    <div className={styles.figure}>
      <span className="soft">{label}</span>
      <span className={styles.number}>{text}</span>
    </div>
  );
}

/** Whether everything still fits if any one host is lost. Nothing is said while it is not known. */
function Spare() {
  const { t } = useTranslation();
  const { data } = useQuery(hostLossQuery);
  if (!data || data.asked < 2) return null;
  const worst = data.worst[0];
  return (
    <p className={styles.spare} data-fits={data.fits} title={data.summary} data-testid="spare">
      <Link to={ROUTES.placement} search={{ tab: "loss" }}>
        {data.fits
          ? t("plans.spareFits")
          : t("plans.spareLacks", { name: worst?.name ?? "", count: worst?.unplaced ?? 0 })}
      </Link>
    </p>
  );
}

function useReasons(summary: Summary, brakes: number): string {
  const { t, i18n } = useTranslation();
  const count = (value: number): string => showCount(value, i18n.language);
  const reasons = [
    summary.failed > 0 &&
      t("overview.broken", {
        shown: count(summary.failed),
        on: t("overview.onHosts", { count: summary.failedHosts, shown: count(summary.failedHosts) }),
      }),
    summary.hostsDown > 0 &&
      t("overview.hostsDown", { count: summary.hostsDown, shown: count(summary.hostsDown) }),
    brakes > 0 && t("overview.brakes", { count: brakes, shown: count(brakes) }),
    summary.waiting > 0 && t("overview.waiting", { count: summary.waiting, shown: count(summary.waiting) }),
    ...(["unhealthy", "unknown"] as const).map((state) => {
      const sum = summary.states.get(state) ?? 0;
      return sum > 0 && `${count(sum)} ${t(`state.${state}`)}`;
    }),
  ].filter((reason) => reason !== false);
  return reasons.length > 0 ? reasons.join(", ") : t("overview.allWell");
}
