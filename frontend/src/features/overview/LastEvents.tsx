import { useTranslation } from "react-i18next";
import { type Scope, useEvents } from "@/shared/live/events";
import { showAge, showMoment } from "@/shared/lib/format";
import { useNow } from "@/shared/live/hooks";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { EventObject } from "@/shared/ui/EventObject";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { LevelMark } from "@/shared/ui/Status";
import styles from "./Overview.module.css";

const SHOWN = 8;

/** The last things that happened. The time says how long ago; the whole moment stands in the title. */
export function LastEvents({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const { data, error, retry } = useEvents(scope);
  const now_ms = useNow();
  return (
    <Panel title={t("overview.events")}>
      {error && <ErrorNote error={error} onRetry={retry} />}
      {!data && !error && <Loading />}
      {data?.events.length === 0 && <p className="soft">{t("events.none")}</p>}
      <ul className={styles.events}>
        {data?.events.slice(0, SHOWN).map((event) => (
          <li key={event.id}>
            <time className="soft" dateTime={event.at} title={showMoment(event.at)}>
              {showAge(now_ms - Date.parse(event.at))}
            </time>
            <LevelMark level={event.level} word={event.kind} />
            <span className="truncate">
              <EventObject event={event} />
            </span>
            <span className="soft truncate" title={event.message}>
              {event.message}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
