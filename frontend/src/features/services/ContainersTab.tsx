import type { TFunction } from "i18next";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Service, Container } from "@/shared/api/types";
import { showAge } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ContainerStatus } from "@/shared/ui/Status";
import { useContainers } from "./useService";

const MOST_ROWS = 200;

/** What stands in its slots now, successors included. */
export function ContainersTab({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useContainers(service);
  const now_ms = useNow();
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <EmptyState title={t("rollout.noSlots")} />;
  const heads = [
    t("column.state"),
    t("column.name"),
    t("service.column.revision"),
    t("service.column.role"),
    t("column.host"),
    t("column.age"),
    t("column.message"),
  ];
  return (
    <Panel
      title={t("containers.title")}
      note={t("list.count", { shown: Math.min(MOST_ROWS, data.length), all: data.length })}
      actions={
        <Link
          to={ROUTES.containers}
          params={{ project: service.project }}
          search={{ q: `name:${service.name}.` }}
        >
          {t("service.inList")}
        </Link>
      }
      isFlush
    >
      <SimpleTable
        label={t("containers.title")}
        heads={heads}
        rows={data.slice(0, MOST_ROWS).map((one) => ({ key: one.id, cells: cellsOf(one, now_ms, t) }))}
      />
    </Panel>
  );
}

function cellsOf(one: Container, now_ms: number, t: TFunction): React.ReactNode[] {
  return [
    <ContainerStatus key="state" state={one.state} />,
    <Link
      key="name"
      className="mono"
      to={ROUTES.container}
      params={{ project: one.project, id: one.is_successor ? one.id : one.slot }}
    >
      {one.name}
    </Link>,
    `r${one.revision ?? "–"}`,
    one.is_successor ? t("service.successor") : one.replace_asked ? t("service.replaceAsked") : "",
    one.host === null ? (
      "–"
    ) : (
      <Link key="host" className="mono" to={ROUTES.host} params={{ name: one.host }}>
        {one.host}
      </Link>
    ),
    one.started_at === null ? "–" : showAge(now_ms - Date.parse(one.started_at)),
    one.message || one.reason,
  ];
}
