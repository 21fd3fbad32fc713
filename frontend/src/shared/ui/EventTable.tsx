import { useTranslation } from "react-i18next";
import type { OrchestraEvent } from "../api/types";
import { showMoment } from "../lib/format";
import { EmptyState } from "./EmptyState";
import { EventObject } from "./EventObject";
import { Panel } from "./Panel";
import { SimpleTable } from "./SimpleTable";
import { LevelMark } from "./Status";

interface Props {
  label: string;
  events: readonly OrchestraEvent[];
  /** Where they are not all of one object. */
  hasObjects?: boolean;
}

/** What happened to one thing, newest first. */
export function EventTable({ label, events, hasObjects = false }: Props) {
  const { t } = useTranslation();
  if (events.length === 0) return <EmptyState title={t("events.none")} />;
  const rows = events.map((event) => ({
    key: event.id,
    cells: [
      <time key="at" dateTime={event.at}>
        {showMoment(event.at)}
      </time>,
      <LevelMark key="level" level={event.level} word={t(`level.${event.level}`)} />,
      <span key="kind" className="mono">
        {event.kind}
      </span>,
      ...(hasObjects ? [<EventObject key="object" event={event} />] : []),
      <span key="actor" className="mono soft">
        {event.actor}
      </span>,
      event.message,
    ],
  }));
  const heads = (
    ["at", "level", "kind", ...(hasObjects ? ["object" as const] : []), "actor", "message"] as const
  ).map((name) => t(`events.${name}`));
  return (
    <Panel isFlush>
      <SimpleTable label={label} heads={heads} rows={rows} />
    </Panel>
  );
}
