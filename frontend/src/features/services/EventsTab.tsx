import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { EventObject } from "@/shared/ui/EventObject";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { LevelMark } from "@/shared/ui/Status";
import { eventsQuery } from "./queries";

/** What happened to the service and to its containers, newest first. */
export function EventsTab({ service }: { service: Service }) {
  const { t } = useTranslation();
  const asOf = `${service.version}.${service.live}.${service.ready}.${service.rollout?.stepped_at ?? ""}`;
  const { data, error, refetch } = useQuery(eventsQuery(service, asOf));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <EmptyState title={t("events.none")} />;
  const rows = data.map((event) => ({
    key: event.id,
    cells: [
      <time key="at" dateTime={event.at}>
        {showMoment(event.at)}
      </time>,
      <LevelMark key="level" level={event.level} word={t(`level.${event.level}`)} />,
      <span key="kind" className="mono">
        {event.kind}
      </span>,
      <EventObject key="object" event={event} />,
      <span key="actor" className="mono soft">
        {event.actor}
      </span>,
      event.message,
    ],
  }));
  const heads = (["at", "level", "kind", "object", "actor", "message"] as const).map((name) =>
    t(`events.${name}`),
  );
  return (
    <Panel isFlush>
      <SimpleTable label={t("service.tab.events")} heads={heads} rows={rows} />
    </Panel>
  );
}
