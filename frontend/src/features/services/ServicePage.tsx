import { Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Service } from "@/shared/api/types";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import { ROUTES, SERVICE_TABS, type ServiceTab, type UsageRange } from "@/shared/lib/paths";
import { useLeave } from "@/shared/lib/useLeave";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { ContainersTab } from "./ContainersTab";
import { DecisionsTab } from "./DecisionsTab";
import { EventsTab } from "./EventsTab";
import { OverviewTab } from "./OverviewTab";
import { RevisionsTab } from "./RevisionsTab";
import { RolloutsTab } from "./RolloutsTab";
import { ServiceActions } from "./ServiceActions";
import { ServiceHead } from "./ServiceHead";
import styles from "./Services.module.css";
import { UsageTab } from "./UsageTab";
import { useService } from "./useService";

export interface ServiceSearch {
  tab?: ServiceTab | undefined;
  /** Which two revisions are compared. */
  from?: number | undefined;
  to?: number | undefined;
  /** How far back its plots go. */
  range?: UsageRange | undefined;
}
interface Props {
  project: string;
  id: string;
  search: ServiceSearch;
  onSearch: (search: ServiceSearch) => void;
}

/** One service: how it stands, what its roll-out does, what it is made of and was. */
export function ServicePage({ project, id, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useService({ project, id });
  const [isActing, setActing] = useState(false);
  usePageKeys(
    project,
    (tab) => onSearch({ ...search, tab }),
    () => setActing(true),
  );
  return (
    <Page>
      <Crumb to={ROUTES.services} params={{ project }}>
        {t("services.title")}
      </Crumb>
      {data && (
        <>
          <ServiceHead service={data} />
          <Parts service={data} search={search} onSearch={onSearch} />
        </>
      )}
      {data && isActing && <ServiceActions project={project} id={id} onClose={() => setActing(false)} />}
      {!data && !error && <Loading lines={[30, 70, 90]} />}
      {!data && error && isStatus(error, 404) && (
        <EmptyState isPage title={t("service.missing")} text={t("service.missingText")} />
      )}
      {!data && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function usePageKeys(project: string, onTab: (tab: ServiceTab) => void, onActions: () => void): void {
  useLeave(ROUTES.services, project);
  useKeys(
    bind("service", {
      overview: () => onTab("overview"),
      containers: () => onTab("containers"),
      decisions: () => onTab("decisions"),
      usage: () => onTab("usage"),
      revisions: () => onTab("revisions"),
      rollouts: () => onTab("rollouts"),
      events: () => onTab("events"),
      actions: onActions,
    }),
  );
}

function Parts({ service, search, onSearch }: { service: Service } & Pick<Props, "search" | "onSearch">) {
  const { t } = useTranslation();
  const body: Record<ServiceTab, () => React.ReactNode> = {
    overview: () => <OverviewTab service={service} />,
    containers: () => <ContainersTab service={service} />,
    decisions: () => <DecisionsTab service={service} />,
    usage: () => (
      <UsageTab
        service={service}
        range={search.range ?? "1h"}
        onRange={(range) => onSearch({ ...search, range })}
      />
    ),
    revisions: () => <RevisionsTab service={service} search={search} onSearch={onSearch} />,
    rollouts: () => <RolloutsTab service={service} />,
    events: () => <EventsTab service={service} />,
  };
  return (
    <Tabs
      value={search.tab ?? "overview"}
      onChange={(value) => onSearch({ ...search, tab: SERVICE_TABS.find((one) => one === value) })}
      keepMounted={false}
    >
      <Tabs.List>
        {SERVICE_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`service.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {SERVICE_TABS.map((one) => (
        <Tabs.Panel key={one} value={one} className={styles.part}>
          <PanelBoundary>{body[one]()}</PanelBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
