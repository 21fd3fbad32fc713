import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/shared/api/client";
import { showAge, showMoment } from "@/shared/lib/format";
import { useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ConditionMark } from "@/shared/ui/Status";

const READ_AGAIN_MS = 2_000;

const loopsQuery = queryOptions({
  queryKey: ["loops"],
  refetchInterval: READ_AGAIN_MS,
  queryFn: async () => body(await api.GET("/api/v1/loops")),
});

/** The health of Orchestra itself: the last run of each of its loops. */
export function Loops() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(loopsQuery);
  const now_ms = useNow();
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <EmptyState title={t("loops.none")} text={t("loops.noneText")} />;
  const rows = data.map((run) => ({
    key: run.name,
    cells: [
      <span key="name" className="mono">
        {run.name}
      </span>,
      <ConditionMark key="result" isOk={run.result === "ok"} word={t(`loops.result.${run.result}`)} />,
      <time key="at" dateTime={run.started_at} title={showMoment(run.started_at)}>
        {t("loops.ago", { age: showAge(now_ms - Date.parse(run.started_at)) })}
      </time>,
      `${run.took_ms >= 100 ? run.took_ms.toFixed(0) : run.took_ms.toFixed(1)} ms`,
      run.changes,
      run.message,
    ],
  }));
  const heads = [
    t("column.name"),
    t("loops.outcome"),
    t("loops.last"),
    t("loops.took"),
    t("loops.changes"),
    t("column.message"),
  ];
  return (
    <Panel title={t("loops.title")} note={t("loops.note")} isFlush>
      <SimpleTable label={t("loops.title")} heads={heads} rows={rows} />
    </Panel>
  );
}
