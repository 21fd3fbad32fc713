import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { DockTab } from "@/shared/lib/dock";
import type { LogView } from "@/shared/lib/logView";
import { useContainer } from "@/shared/live/container";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { LogLinesOf } from "@/shared/ui/LogLinesOf";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";

/** The log of the slot's present attempt: after a restart it goes on with the new one. */
export function DockLog({ tab }: { tab: DockTab }) {
  const { t } = useTranslation();
  const [view, setView] = useState<LogView>({});
  const { data, error, refetch } = useContainer({ project: tab.project, id: tab.id });
  if (data) {
    return (
      <PanelBoundary>
        <LogLinesOf key={data.id} container={data} view={view} onView={setView} />
      </PanelBoundary>
    );
  }
  if (error && isStatus(error, 404)) return <EmptyState title={t("dock.gone", { name: tab.name })} />;
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return <Loading lines={[80, 60, 70]} />;
}
