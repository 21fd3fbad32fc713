import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { EventTable } from "@/shared/ui/EventTable";
import { Loading } from "@/shared/ui/Loading";
import { eventsQuery } from "./queries";

/** What happened to the service and to its containers, newest first. */
export function EventsTab({ service }: { service: Service }) {
  const { t } = useTranslation();
  const asOf = `${service.version}.${service.live}.${service.ready}.${service.rollout?.stepped_at ?? ""}`;
  const { data, error, refetch } = useQuery(eventsQuery(service, asOf));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return <EventTable label={t("service.tab.events")} events={data} hasObjects />;
}
