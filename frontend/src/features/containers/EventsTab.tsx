import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { LevelMark } from "@/shared/ui/Status";
import styles from "./ContainerPage.module.css";
import { eventsQuery } from "./queries";

export function EventsTab({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const asOf = `${container.attempt}.${container.version}`;
  const { data, error, refetch } = useQuery(eventsQuery({ project: container.project, id }, asOf));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
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
      <span key="actor" className="mono soft">
        {event.actor}
      </span>,
      event.message,
    ],
  }));
  const heads = [t("events.at"), t("events.level"), t("events.kind"), t("events.actor"), t("events.message")];
  return (
    <div className={styles.scroll}>
      <Panel isFlush>
        <SimpleTable label={t("tab.events")} heads={heads} rows={rows} />
      </Panel>
    </div>
  );
}
