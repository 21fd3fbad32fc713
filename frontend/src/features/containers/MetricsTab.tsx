import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { showCpuShare, showMemory } from "@/shared/lib/format";
import { useFleet } from "@/shared/live/hooks";
import { Chart } from "@/shared/ui/Chart";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";
import styles from "./ContainerPage.module.css";

const LEAST_CPU_MILLIS = 100;
const LEAST_MEMORY_BYTES = 16 * 1024 * 1024;

/** CPU and memory as they come over the feed, since this console was opened. */
export function MetricsTab({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const readings = fleet.usage.read(container.slot);
  if (readings.at.length === 0) {
    const isRunning = container.status === "running";
    return (
      <EmptyState title={t("metrics.none")} text={t(isRunning ? "metrics.soon" : "metrics.notRunning")} />
    );
  }
  const note = (value: string): string => t("metrics.now", { value });
  return (
    <div className={styles.columns}>
      <Panel title={t("metrics.cpu")} note={note(showCpuShare(readings.cpu_millis.at(-1)))} isFlush>
        <Chart
          label={t("metrics.cpu")}
          at={readings.at}
          values={readings.cpu_millis}
          show={showCpuShare}
          least={LEAST_CPU_MILLIS}
          syncKey={container.slot}
        />
      </Panel>
      <Panel title={t("metrics.memory")} note={note(showMemory(readings.memory_bytes.at(-1)))} isFlush>
        <Chart
          label={t("metrics.memory")}
          at={readings.at}
          values={readings.memory_bytes}
          show={showMemory}
          least={LEAST_MEMORY_BYTES}
          isBinary
          syncKey={container.slot}
        />
      </Panel>
    </div>
  );
}
