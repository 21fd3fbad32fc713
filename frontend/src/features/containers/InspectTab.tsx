import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { showCores, showGpuShare, showMemory, showMoment } from "@/shared/lib/format";
import { Facts } from "@/shared/ui/Facts";
import { Panel } from "@/shared/ui/Panel";
import styles from "./ContainerPage.module.css";

/** Those it has or had, in one line; none where it never had one. */
function gpus(container: Container): React.ReactNode[] {
  if (container.gpus.length === 0) return [];
  const words = container.gpus.map(({ device, model, millis }) =>
    [device, model, millis < 1000 && showGpuShare(millis)].filter(Boolean).join(" "),
  );
  return [
    <span key="gpus" className="mono">
      {words.join(", ")}
    </span>,
  ];
}

export function InspectTab({ container }: { container: Container }) {
  const { t } = useTranslation();
  const mono = (text: string | null): React.ReactNode => <span className="mono">{text ?? "–"}</span>;
  return (
    <div className={styles.scroll}>
      <div className={styles.columns}>
        <Panel title={t("inspect.facts")}>
          <Facts
            rows={[
              [t("inspect.id"), mono(container.id)],
              [t("inspect.slot"), mono(container.slot)],
              [t("inspect.status"), mono(`${container.status} (${container.desired})`)],
              [t("inspect.digest"), mono(container.image_digest)],
              [
                t("inspect.requests"),
                `${t("metrics.cpu")} ${showCores(container.requests.cpu_millis)} · ${t("metrics.memory")} ${showMemory(container.requests.memory_bytes)}`,
              ],
              ...gpus(container).map((words) => [t("inspect.gpus"), words] as const),
              [t("inspect.restart"), mono(container.restart)],
              [t("inspect.created"), showMoment(container.created_at)],
              [t("attempts.started"), showMoment(container.started_at)],
              [t("attempts.ended"), showMoment(container.finished_at)],
              [t("inspect.generation"), `${container.generation} · ${container.version}`],
            ]}
          />
        </Panel>
        <Panel title={t("inspect.spec")} isFlush>
          <pre className={styles.json} tabIndex={0} aria-label={t("inspect.spec")}>
            {JSON.stringify(container.spec, null, 2)}
          </pre>
        </Panel>
      </div>
    </div>
  );
}
