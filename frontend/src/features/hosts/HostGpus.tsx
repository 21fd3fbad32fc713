import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Host } from "@/shared/api/types";
import { showGpuShare } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { Meter } from "@/shared/ui/Meter";
import { Panel } from "@/shared/ui/Panel";
import styles from "./HostPage.module.css";
import { HostGpusForm } from "./HostGpusForm";

const WHOLE_MILLIS = 1000;

/** The host's GPUs, one by one: how much of each is given away, and to whom. */
export function HostGpus({ host }: { host: Host }) {
  const { t } = useTranslation();
  const note = [
    t(host.gpus_said ? "hosts.gpusSaid" : "hosts.gpusOfEngine"),
    t(host.gpu_sharing ? "hosts.gpusShared" : "hosts.gpusWhole"),
  ].join(" · ");
  return (
    <>
      <Panel title={t("hosts.gpus")} note={note}>
        {host.gpus.length === 0 ? (
          <p className="soft">{t("hosts.noGpus")}</p>
        ) : (
          <ul className={styles.gpus}>
            {host.gpus.map((gpu) => (
              <Gpu key={gpu.device} gpu={gpu} />
            ))}
          </ul>
        )}
      </Panel>
      <HostGpusForm key={host.generation} host={host} />
    </>
  );
}

function Gpu({ gpu }: { gpu: Host["gpus"][number] }) {
  const { t } = useTranslation();
  const text = t("hosts.gpuTaken", { taken: showGpuShare(gpu.reserved_millis) });
  return (
    <li className={styles.gpu}>
      <span>
        <span className="mono">{gpu.device}</span>
        <br />
        <span className="soft">{gpu.model === "" ? t("hosts.gpuUnknown") : gpu.model}</span>
        {!gpu.there && <span className={styles.gone}> {t("hosts.gpuGone")}</span>}
      </span>
      <Meter
        isWide
        label={gpu.device}
        used={NaN}
        reserved={gpu.reserved_millis}
        capacity={WHOLE_MILLIS}
        text={text}
      />
      <span>
        {gpu.holders.map((holder) => (
          <span key={holder.container} className={styles.holder}>
            <Link
              className="mono"
              to={ROUTES.container}
              params={{ project: holder.project, id: holder.slot }}
            >
              {holder.name}
            </Link>{" "}
            <span className="soft">
              {holder.project}
              {holder.millis < WHOLE_MILLIS && ` · ${showGpuShare(holder.millis)}`}
            </span>
          </span>
        ))}
        {gpu.holders.length === 0 && (
          <span className="soft">{t(gpu.reserved_millis > 0 ? "hosts.gpuOfOthers" : "hosts.gpuFree")}</span>
        )}
      </span>
    </li>
  );
}
