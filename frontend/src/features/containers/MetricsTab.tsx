import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/shared/api/client";
import type { Container, UsagePoint } from "@/shared/api/types";
import { showCpuShare, showMemory } from "@/shared/lib/format";
import type { UsageRange } from "@/shared/lib/paths";
import { useUsage } from "@/shared/live/usage";
import styles from "@/shared/ui/Chart.module.css";
import { ChartPanel } from "@/shared/ui/ChartPanel";
import type { ChartLine, ChartMark } from "@/shared/ui/chartPlot";
import { UsageFrame } from "@/shared/ui/UsageFrame";
import { containerKey } from "@/shared/api/queries";
import { eventsQuery } from "./queries";

const LEAST_CPU_MILLIS = 100;
const LEAST_MEMORY_BYTES = 16 * 1024 * 1024;
const MARKED = new Set(["running", "failed", "exited", "stopped", "lost", "unhealthy"]);
const BAD = new Set(["failed", "lost", "unhealthy"]);

interface Props {
  container: Container;
  id: string;
  range: UsageRange;
  onRange: (range: UsageRange) => void;
}

/** CPU and memory over the hours, through its restarts, with what happened marked on both plots. */
export function MetricsTab({ container, id, range, onRange }: Props) {
  const { t } = useTranslation();
  const ref = { project: container.project, id };
  const read = useUsage({
    key: containerKey(ref),
    range,
    fetch: (minutes) => readUsage(ref, minutes),
  });
  const marks = useMarks(container, ref);
  const isRunning = container.status === "running";
  const syncKey = `slot ${container.slot}`;
  return (
    <UsageFrame
      range={range}
      onRange={onRange}
      read={read}
      none={t(isRunning ? "usage.soon" : "metrics.notRunning")}
    >
      {(data) => (
        <div className={styles.grid}>
          <ChartPanel
            title={t("usage.cpu")}
            at={data.at}
            lines={[
              { label: t("usage.used"), values: data.cpu_millis, look: "used" },
              ...flat(t("usage.request"), container.requests.cpu_millis, data.at),
            ]}
            show={showCpuShare}
            least={LEAST_CPU_MILLIS}
            {...{ syncKey, marks, span: data.span }}
          />
          <ChartPanel
            title={t("usage.memory")}
            at={data.at}
            lines={[
              { label: t("usage.used"), values: data.memory_bytes, look: "used" },
              ...flat(t("usage.request"), container.requests.memory_bytes, data.at),
            ]}
            show={showMemory}
            least={LEAST_MEMORY_BYTES}
            isBinary
            {...{ syncKey, marks, span: data.span }}
          />
        </div>
      )}
    </UsageFrame>
  );
}

/** What was asked for, as a level line; none where nothing was. */
function flat(label: string, value: number, at: readonly number[]): ChartLine[] {
  return value > 0 ? [{ label, values: at.map(() => value), look: "reserved", isLevel: true }] : [];
}

async function readUsage(
  { project, id }: { project: string; id: string },
  minutes: number,
): Promise<UsagePoint[]> {
  const params = { path: { project, container: id }, query: { minutes } };
  return body(await api.GET("/api/v1/projects/{project}/containers/{container}/usage", { params })).points;
}

function useMarks(container: Container, ref: { project: string; id: string }): readonly ChartMark[] {
  const { data } = useQuery(eventsQuery(ref, `${container.attempt}.${container.status}`));
  return useMemo(
    () =>
      (data ?? []).flatMap((event) => {
        const what = event.kind.replace("container.", "");
        if (!MARKED.has(what)) return [];
        return [{ at_ms: Date.parse(event.at), label: event.kind, isBad: BAD.has(what) }];
      }),
    [data],
  );
}
