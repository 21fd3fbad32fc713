import { useTranslation } from "react-i18next";
import type { Fleet } from "@/live/fleet";
import { findCauses, fleetUsage, summarize } from "@/live/summary";
import { useRights } from "@/shared/lib/roles";
import { useCalmFleet } from "@/shared/live/hooks";
import { Chart } from "@/shared/ui/Chart";
import type { Span } from "@/shared/ui/chartData";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FirstSteps } from "@/shared/ui/EmptyStateSteps";
import { Loading } from "@/shared/ui/Loading";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { Attention } from "./Attention";
import { useBrakes } from "./brakes";
import { HostMap, type MapSearch } from "./HostMap";
import { LastEvents } from "./LastEvents";
import styles from "./Overview.module.css";
import { showShare } from "@/shared/lib/share";
import { Verdict } from "./Verdict";

interface Props {
  project: string;
  search: MapSearch;
  onSearch: (search: MapSearch) => void;
}

const DRAW_MS = 1_000;

/** How the fleet is, what is wrong and where, in three seconds. */
export function OverviewPage({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const fleet = useCalmFleet(DRAW_MS);
  const { isAdmin } = useRights(project);
  const brakes = useBrakes(isAdmin);
  if (!fleet.isReady("hosts") || !fleet.isReady("containers")) {
    return (
      <Page>
        <h1 className="sr-only">{t("nav.overview")}</h1>
        <Loading lines={[100, 100, 60, 60]} />
      </Page>
    );
  }
  if (fleet.hosts.count === 0) {
    return (
      <Page>
        <EmptyState isPage title={t("hosts.empty")} text={t("hosts.emptyText")}>
          <FirstSteps project={project} />
        </EmptyState>
      </Page>
    );
  }
  const now_ms = Date.now();
  return (
    <Page>
      <Verdict fleet={fleet} summary={summarize(fleet, now_ms)} brakes={brakes.length} project={project} />
      {fleet.containers.count === 0 && (
        <Panel>
          <EmptyState title={t("containers.empty")} text={t("steps.hostsReady")}>
            <FirstSteps project={project} />
          </EmptyState>
        </Panel>
      )}
      <div className={styles.columns}>
        <div className={styles.left}>
          <HostMap search={search} onSearch={onSearch} />
          <LastEvents scope={isAdmin ? null : project} />
        </div>
        <div className={styles.right}>
          <FleetCpu fleet={fleet} />
          <Attention brakes={brakes} causes={findCauses(fleet, now_ms)} project={project} />
        </div>
      </div>
    </Page>
  );
}

const SHOWN_MS = 15 * 60_000;

function lastMinutes(at: readonly number[]): Span {
  const to_ms = at.at(-1) ?? 0;
  return { from_ms: to_ms - SHOWN_MS, to_ms };
}

/** In per cent of all hosts together, since this console was opened. */
function FleetCpu({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const readings = fleet.usageOfAll();
  const { cpu_used, cpu_capacity } = fleetUsage(fleet);
  if (readings.at.length === 0) return null;
  return (
    <Panel title={t("overview.fleetCpu")} note={showShare(cpu_used, cpu_capacity)} isFlush>
      <Chart
        label={t("overview.fleetCpu")}
        at={readings.at}
        lines={[
          {
            label: t("usage.used"),
            values: readings.cpu_millis.map((millis) => (millis / cpu_capacity) * 100),
            look: "used",
          },
        ]}
        span={lastMinutes(readings.at)}
        height_px={130}
        show={(percent) => `${percent.toFixed(0)} %`}
        least={100 / 1.1}
        syncKey="fleet"
      />
    </Panel>
  );
}
