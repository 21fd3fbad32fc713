import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OrchestraEvent } from "@/shared/api/types";
import { showCount } from "@/shared/lib/format";
import { useRights } from "@/shared/lib/roles";
import { isNewer, type Scope, useEvents } from "@/shared/live/events";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { FilterBox } from "@/shared/ui/FilterBox";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { EventRows } from "./EventRows";
import styles from "./Events.module.css";
import { eventFilter } from "./filter";

export interface EventsSearch {
  q?: string | undefined;
  scope?: "project" | undefined;
}
interface Props {
  project: string;
  search: EventsSearch;
  onSearch: (search: EventsSearch) => void;
}

/** The history: newest first, live while its top is in sight, older pages as far as it goes. */
export function EventsPage({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { isAdmin } = useRights(project);
  const [query, setQuery] = useState(search.q ?? "");
  const isOfProject = !isAdmin || search.scope === "project";
  const filter = (q: string): void => {
    setQuery(q);
    onSearch({ ...search, q: q || undefined });
  };
  const scope = isOfProject ? project : null;
  return (
    <Page>
      <PageHead
        title={t("nav.events")}
        actions={
          isAdmin && (
            <SegmentedControl
              size="xs"
              aria-label={t("history.scope")}
              value={isOfProject ? "project" : "all"}
              data={[
                { value: "all", label: t("history.everything") },
                { value: "project", label: t("history.ofProject", { name: project }) },
              ]}
              onChange={(value) =>
                onSearch({ ...search, scope: value === "project" ? "project" : undefined })
              }
            />
          )
        }
      >
        <FilterBox
          label={t("history.filter")}
          placeholder={t("history.filterHint")}
          value={query}
          onChange={filter}
        />
      </PageHead>
      <Events key={scope ?? ""} scope={scope} query={query} onClear={() => filter("")} />
    </Page>
  );
}

function Events({ scope, query, onClear }: { scope: Scope; query: string; onClear: () => void }) {
  const { t } = useTranslation();
  const events = useEvents(scope);
  const { data } = events;
  // The newest event there was when somebody scrolled away: what came later waits.
  const [heldAt, setHeldAt] = useState<string | null>(null);
  if (!data) return events.error ? <ErrorNote error={events.error} onRetry={events.retry} /> : <Loading />;
  const fits = eventFilter(query);
  const waits = (event: OrchestraEvent): boolean => heldAt !== null && isNewer(event.id, heldAt);
  const found = data.events.filter(fits);
  const shown = found.filter((event) => !waits(event));
  return (
    <>
      {events.error && <ErrorNote error={events.error} onRetry={events.retry} />}
      {found.length > 0 && (
        <EventRows
          rows={shown}
          fresh={found.length - shown.length}
          isHeld={heldAt !== null}
          onHold={(isHeld) => setHeldAt(isHeld ? (data.events[0]?.id ?? null) : null)}
          onEnd={data.hasOlder ? events.readOlder : undefined}
        />
      )}
      {found.length === 0 && (
        <EmptyState
          title={query === "" ? t("events.none") : t("history.noMatch", { query })}
          text={data.hasOlder ? t("history.noMatchYet") : undefined}
        >
          {query !== "" && (
            <Button size="xs" variant="default" onClick={onClear}>
              {t("containers.clear")}
            </Button>
          )}
        </EmptyState>
      )}
      <Foot found={found.length} events={events} />
    </>
  );
}

function Foot({ found, events }: { found: number; events: ReturnType<typeof useEvents> }) {
  const { t, i18n } = useTranslation();
  const read = events.data?.events.length ?? 0;
  const count = (value: number): string => showCount(value, i18n.language);
  return (
    <div className={styles.foot}>
      <span className="soft">{t("history.count", { shown: count(found), all: count(read) })}</span>
      {events.data?.hasOlder === true ? (
        <Button
          size="compact-xs"
          variant="default"
          loading={events.isReadingOlder}
          onClick={events.readOlder}
        >
          {t("history.older")}
        </Button>
      ) : (
        <span className="soft">{t("history.begin")}</span>
      )}
    </div>
  );
}
