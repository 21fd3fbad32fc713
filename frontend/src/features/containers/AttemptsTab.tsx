import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ContainerStatus } from "@/shared/ui/Status";
import styles from "./ContainerPage.module.css";
import { attemptsQuery } from "./queries";

/** Every attempt to fill the slot, newest first: where it ran and how it ended. */
export function AttemptsTab({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const asOf = `${container.attempt}.${container.status}`;
  const { data, error, refetch } = useQuery(attemptsQuery({ project: container.project, id }, asOf));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const rows = [...data]
    .sort((a, b) => b.attempt - a.attempt)
    .map((one) => ({
      key: one.id,
      cells: [
        one.id === container.id ? (
          one.attempt
        ) : (
          <Link
            key="n"
            to={ROUTES.container}
            params={{ project: one.project, id: one.id }}
            aria-label={t("attempts.open", { count: one.attempt })}
          >
            {one.attempt}
          </Link>
        ),
        <ContainerStatus
          key="state"
          state={one.status === "bound" || one.status === "preparing" ? "starting" : one.status}
        />,
        <span key="host" className="mono">
          {one.host ?? "–"}
        </span>,
        showMoment(one.started_at),
        showMoment(one.finished_at),
        one.exit_code ?? "–",
        one.message || one.reason,
      ],
    }));
  const heads = [
    "#",
    t("column.state"),
    t("column.host"),
    t("attempts.started"),
    t("attempts.ended"),
    t("attempts.exit"),
    t("column.message"),
  ];
  return (
    <div className={styles.scroll}>
      <Panel isFlush>
        <SimpleTable label={t("tab.attempts")} heads={heads} rows={rows} />
      </Panel>
    </div>
  );
}
