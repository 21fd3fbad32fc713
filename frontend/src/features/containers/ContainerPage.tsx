import { Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { useKeys } from "@/shared/lib/keys";
import { CONTAINER_TABS, type ContainerTab, ROUTES, type UsageRange } from "@/shared/lib/paths";
import { useLiveObject } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { AttemptsTab } from "./AttemptsTab";
import { ContainerHead } from "./ContainerHead";
import styles from "./ContainerPage.module.css";
import { EventsTab } from "./EventsTab";
import { InspectTab } from "./InspectTab";
import { LogsTab } from "./LogsTab";
import { MetricsTab } from "./MetricsTab";
import { containerKey, readContainer } from "./queries";
import { firstTab } from "./rules";
import { WhyTab } from "./WhyTab";

interface Props {
  project: string;
  id: string;
  /** None: the one that says most about what it does now. */
  tab: ContainerTab | undefined;
  onTab: (tab: ContainerTab) => void;
  /** How far back its plots go. */
  range: UsageRange;
  onRange: (range: UsageRange) => void;
}

export function ContainerPage({ project, id, tab, onTab, range, onRange }: Props) {
  const { t } = useTranslation();
  const ref = { project, id };
  const { data, error, refetch } = useLiveObject<Container>({
    key: containerKey(ref),
    // The id may be a slot's, which stays over restarts, or one attempt's.
    topic: (known) => (known === undefined ? null : known.slot === id ? `slot:${id}` : `container:${id}`),
    fetch: () => readContainer(ref),
  });
  useKeys({
    l: () => onTab("logs"),
    m: () => onTab("metrics"),
    e: () => onTab("events"),
    a: () => onTab("attempts"),
    w: () => onTab("why"),
    i: () => onTab("inspect"),
  });
  return (
    <Page>
      <Crumb to={ROUTES.containers} params={{ project }}>
        {t("containers.title")}
      </Crumb>
      {data && <ContainerHead container={data} id={id} />}
      {data && <Parts container={data} {...{ id, tab, onTab, range, onRange }} />}
      {!data && !error && <Loading lines={[30, 70, 90]} />}
      {!data && error && isStatus(error, 404) && (
        <EmptyState isPage title={t("container.missing")} text={t("container.missingText")} />
      )}
      {!data && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

type PartsProps = Omit<Props, "project"> & { container: Container };

function Parts({ container, id, tab: named, onTab, range, onRange }: PartsProps) {
  const { t } = useTranslation();
  // Chosen once: the tab does not change under its reader when the container moves on.
  const [first] = useState(() => firstTab(container));
  const tab = named ?? first;
  const body: Record<ContainerTab, () => React.ReactNode> = {
    logs: () => <LogsTab key={container.id} container={container} />,
    metrics: () => <MetricsTab container={container} id={id} range={range} onRange={onRange} />,
    events: () => <EventsTab container={container} id={id} />,
    attempts: () => <AttemptsTab container={container} id={id} />,
    why: () => <WhyTab container={container} id={id} />,
    inspect: () => <InspectTab container={container} />,
  };
  return (
    <Tabs
      value={tab}
      onChange={(value) => onTab(CONTAINER_TABS.find((one) => one === value) ?? "logs")}
      className={styles.tabs}
      keepMounted={false}
    >
      <Tabs.List>
        {CONTAINER_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(one === "why" && container.host === null ? "tab.whyPending" : `tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CONTAINER_TABS.map((one) => (
        <Tabs.Panel key={one} value={one} className={styles.tabPanel}>
          <PanelBoundary>{body[one]()}</PanelBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
