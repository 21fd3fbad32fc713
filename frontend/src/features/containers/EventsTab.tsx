import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { EventTable } from "@/shared/ui/EventTable";
import { Loading } from "@/shared/ui/Loading";
import styles from "./ContainerPage.module.css";
import { eventsQuery } from "./queries";

export function EventsTab({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const asOf = `${container.attempt}.${container.version}`;
  const { data, error, refetch } = useQuery(eventsQuery({ project: container.project, id }, asOf));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <div className={styles.scroll}>
      <EventTable label={t("tab.events")} events={data} />
    </div>
  );
}
