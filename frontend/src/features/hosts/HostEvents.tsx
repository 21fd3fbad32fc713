import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Host } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { LevelMark } from "@/shared/ui/Status";
import { hostEventsQuery } from "./queries";

/** What happened to this host, newest first. */
export function HostEvents({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const { data, error, refetch } = useQuery({ ...hostEventsQuery(host), enabled: isAdmin });
  if (!isAdmin) return <EmptyState title={t("error.forbidden")} text={t("hosts.eventsHidden")} />;
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <EmptyState title={t("events.none")} />;
  const rows = data.map((event) => ({
    key: event.id,
    cells: [
      <time key="at" dateTime={event.at} className="mono">
        {showMoment(event.at)}
      </time>,
      <LevelMark key="kind" level={event.level} word={event.kind} />,
      event.message,
      <span key="actor" className="mono soft">
        {event.actor}
      </span>,
    ],
  }));
  const heads = [t("hosts.when"), t("hosts.what"), t("column.message"), t("hosts.who")];
  return (
    <Panel isFlush>
      <SimpleTable label={t("hosts.tab.events")} heads={heads} rows={rows} />
    </Panel>
  );
}
