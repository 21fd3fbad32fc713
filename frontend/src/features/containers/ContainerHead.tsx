import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "@/shared/api/queries";
import type { Container } from "@/shared/api/types";
import { showAge, showCpuShare, showGpuShare, showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import type { PublishedPort } from "@/shared/lib/ports";
import { useFleet, useNow } from "@/shared/live/hooks";
import { PageHead } from "@/shared/ui/Page";
import { PortLinks } from "@/shared/ui/PortLinks";
import { Reason, ReasonFix } from "@/shared/ui/Reason";
import { ContainerStatus } from "@/shared/ui/Status";
import styles from "./ContainerPage.module.css";
import { ContainerVerbs } from "./ContainerVerbs";
import { OfService, ReplaceButton } from "./OfService";
import { Siblings } from "./Siblings";

export function ContainerHead({ container, id }: { container: Container; id: string }) {
  const { name } = container;
  return (
    <>
      <PageHead title={name} isMono actions={<HeadVerbs container={container} id={id} />}>
        <ContainerStatus state={container.state} />
        <Siblings container={container} />
        <OfService container={container} />
      </PageHead>
      <Line container={container} />
      <Cause container={container} />
    </>
  );
}

function HeadVerbs({ container, id }: { container: Container; id: string }) {
  const { project, name, service_id } = container;
  return (
    <>
      {service_id !== null && <ReplaceButton container={container} id={id} />}
      <ContainerVerbs target={{ project, id, name, facts: container }} />
    </>
  );
}

/** Where it runs and what it uses, from the feed; the object itself has no usage. */
function Line({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const { data: hosts } = useQuery(hostsQuery);
  const now_ms = useNow();
  const position = fleet.containers.find(container.slot) ?? -1;
  const address = hosts?.find((host) => host.name === container.host)?.data_address;
  const ports = container.ports.filter(
    (port): port is typeof port & PublishedPort => typeof port.host_port === "number",
  );
  return (
    <div className={styles.facts}>
      {container.host !== null && (
        <span>
          {t("column.host")}{" "}
          <Link className="mono" to={ROUTES.host} params={{ name: container.host }}>
            {container.host}
          </Link>
        </span>
      )}
      <span>
        {t("column.image")} <span className="mono">{container.image}</span>
      </span>
      {container.status === "running" && (
        <span data-testid="usage">
          {t("column.cpu")} {showCpuShare(fleet.containers.num("cpu_millis")[position])} ·{" "}
          {t("column.memory")} {showMemory(fleet.containers.num("memory_bytes")[position])}
        </span>
      )}
      {container.gpus.length > 0 && (
        <span>
          {t("inspect.gpus")}{" "}
          <span className="mono">
            {container.gpus
              .map(
                ({ device, model, millis }) =>
                  (millis < 1000 ? `${showGpuShare(millis)} ` : "") + (model || device),
              )
              .join(", ")}
          </span>
        </span>
      )}
      {ports.length > 0 && (
        <span>
          {t("column.ports")} <PortLinks ports={ports} dataAddress={address} />
        </span>
      )}
      {container.health !== "none" && <span>{t(`health.${container.health}`)}</span>}
      {container.attempt > 1 && <span>{t("container.attempt", { count: container.attempt })}</span>}
      <span>{t("container.since", { age: showAge(now_ms - Date.parse(container.status_since)) })}</span>
    </div>
  );
}

export function Cause({ container }: { container: Container }) {
  const { t } = useTranslation();
  const exit = container.exit_code !== null && t("container.exit", { code: container.exit_code });
  const oom = container.oom_killed && t("container.oom");
  const parts = [
    // The message says more, in words; the bare facts stand in for it.
    ...(container.message === "" ? [exit, oom] : [container.message]),
    container.progress?.text,
    container.stop_at !== null &&
      t("container.heldUntil", { at: new Date(container.stop_at).toLocaleTimeString() }),
    container.not_before !== null &&
      container.status === "pending" &&
      t("container.notBefore", { at: new Date(container.not_before).toLocaleTimeString() }),
  ].filter((part) => typeof part === "string" && part !== "");
  const isBad = ["failed", "lost", "unhealthy", "unknown"].includes(container.state);
  const isEnded = isBad || container.state === "restarting";
  if (parts.length === 0 && !isEnded) return null;
  return (
    <div className={styles.cause} data-bad={isBad} data-testid="cause">
      {isEnded && <Reason code={container.reason} />} {parts.join(" · ")}
      {isEnded && <ReasonFix code={container.reason} />}
    </div>
  );
}
