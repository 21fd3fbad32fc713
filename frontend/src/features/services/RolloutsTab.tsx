import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Rollout, Service } from "@/shared/api/types";
import { showAge, showMoment } from "@/shared/lib/format";
import { useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { RolloutMark } from "@/shared/ui/Status";
import { arrow } from "./LanesPanel";
import { rolloutsQuery } from "./queries";

/** Every roll-out with the word it really ended with. */
export function RolloutsTab({ service }: { service: Service }) {
  const { t } = useTranslation();
  const now_ms = useNow();
  const { rollout } = service;
  const asOf = `${rollout?.number ?? 0}.${rollout?.status ?? ""}.${rollout?.done ?? 0}.${rollout?.failures ?? 0}`;
  const { data, error, refetch } = useQuery(rolloutsQuery(service, asOf));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <EmptyState title={t("rollout.never")} />;
  const rows = data.map((one) => ({
    key: String(one.number),
    cells: [
      one.number,
      t(`rollout.kind.${one.kind}`),
      <RolloutMark key="status" status={one.status} />,
      <span key="arrow" className="mono">
        {arrow(one)}
      </span>,
      one.total > 0 ? `${one.done} / ${one.total}` : "–",
      one.failures,
      showMoment(one.started_at),
      took(one, now_ms),
      <span key="who" className="mono soft">
        {one.asked_by}
      </span>,
      one.message,
    ],
  }));
  const heads = (
    [
      "number",
      "kind",
      "status",
      "revisions",
      "done",
      "failures",
      "started",
      "took",
      "who",
      "message",
    ] as const
  ).map((name) => t(`rollout.column.${name}`));
  return (
    <Panel isFlush>
      <SimpleTable label={t("service.tab.rollouts")} heads={heads} rows={rows} />
    </Panel>
  );
}

function took(one: Rollout, now_ms: number): string {
  const end_ms = one.finished_at === null ? now_ms : Date.parse(one.finished_at);
  return showAge(end_ms - Date.parse(one.started_at));
}
