import { CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { openInDock } from "@/shared/lib/dock";
import { showAge, showCpuShare, showMemory, showMoment } from "@/shared/lib/format";
import { CONTAINER_TABS, ROUTES } from "@/shared/lib/paths";
import { useContainer } from "@/shared/live/container";
import { useFleet, useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Facts } from "@/shared/ui/Facts";
import { Loading } from "@/shared/ui/Loading";
import { ContainerStatus } from "@/shared/ui/Status";
import { Cause } from "./ContainerHead";
import { ContainerVerbs } from "./ContainerVerbs";
import styles from "./List.module.css";

interface Props {
  project: string;
  id: string;
  onClose: () => void;
}

/** One container beside the list: what it is, why it is so, and what can be done, without leaving. */
export function Peek({ project, id, onClose }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useContainer({ project, id });
  const isGone = !data && error !== null && isStatus(error, 404);
  return (
    <aside className={styles.peek} aria-label={t("peek.label")}>
      <div className={styles.peekHead}>
        <h2 className={styles.peekTitle}>{data?.name}</h2>
        <CloseButton size="sm" aria-label={t("common.close")} onClick={onClose} />
      </div>
      {data && <Body container={data} id={id} />}
      {!data && !error && <Loading />}
      {isGone && <EmptyState title={t("container.missing")} text={t("container.missingText")} />}
      {!data && error && !isGone && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </aside>
  );
}

function Body({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const { project, name } = container;
  const target = { project, id, name, facts: container };
  return (
    <>
      <ContainerStatus state={container.state} />
      <Cause container={container} />
      <div className={styles.peekVerbs}>
        <ContainerVerbs target={target} />
      </div>
      <What container={container} />
      <nav className={styles.peekLinks} aria-label={t("peek.more")}>
        {CONTAINER_TABS.map((tab) => (
          <Link key={tab} to={ROUTES.container} params={{ project, id }} search={{ tab }}>
            {t(tab === "why" && container.host === null ? "tab.whyPending" : `tab.${tab}`)}
          </Link>
        ))}
        <button type="button" className={styles.link} onClick={() => openInDock(target)}>
          {t("dock.open")}
        </button>
      </nav>
    </>
  );
}

function What({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const now_ms = useNow();
  const at = fleet.containers.find(container.slot) ?? -1;
  const mono = (text: string): React.ReactNode => <span className="mono">{text}</span>;
  const cpu = showCpuShare(fleet.containers.num("cpu_millis")[at]);
  const memory = showMemory(fleet.containers.num("memory_bytes")[at]);
  return (
    <Facts
      rows={[
        [t("column.host"), mono(container.host ?? "–")],
        [t("column.image"), mono(container.image)],
        [t("column.cpu"), cpu],
        [t("column.memory"), memory],
        [t("column.ports"), mono(fleet.containers.text("ports")[at] || "–")],
        [t("peek.health"), t(`health.${container.health}`)],
        [t("peek.attempt"), String(container.attempt)],
        [t("column.since"), showAge(now_ms - Date.parse(container.status_since))],
        [t("inspect.created"), showMoment(container.created_at)],
      ]}
    />
  );
}
