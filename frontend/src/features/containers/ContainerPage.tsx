import { Button, Tabs } from "@mantine/core";
import { IconLayoutBottombarExpand } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { openInDock } from "@/shared/lib/dock";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import type { LogView } from "@/shared/lib/logView";
import { CONTAINER_TABS, type ContainerTab, ROUTES, type UsageRange } from "@/shared/lib/paths";
import { useLeave } from "@/shared/lib/useLeave";
import { useContainer } from "@/shared/live/container";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { LogLinesOf } from "@/shared/ui/LogLinesOf";
import { Crumb, Page } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { AttemptsTab } from "./AttemptsTab";
import { ContainerHead } from "./ContainerHead";
import styles from "./ContainerPage.module.css";
import { EventsTab } from "./EventsTab";
import { InspectTab } from "./InspectTab";
import { MetricsTab } from "./MetricsTab";
import { ObjectActions } from "./ObjectActions";
import { firstTab } from "./rules";
import { useSibling } from "./Siblings";
import { WhyTab } from "./WhyTab";

interface Search extends LogView {
  /** None: the one that says most about what it does now. */
  tab?: ContainerTab | undefined;
  /** How far back its plots go. */
  range?: UsageRange | undefined;
}
interface Props {
  project: string;
  id: string;
  search: Search;
  onSearch: (search: Search) => void;
}

export function ContainerPage({ project, id, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useContainer({ project, id });
  const [isActing, setActing] = useState(false);
  const onTab = (tab: ContainerTab): void => onSearch({ ...search, tab });
  usePageKeys({ project, container: data, onTab, onActions: () => setActing(true) });
  return (
    <Page>
      <Crumb to={ROUTES.containers} params={{ project }}>
        {t("containers.title")}
      </Crumb>
      {data && <ContainerHead container={data} id={id} />}
      {data && <Parts container={data} id={id} search={search} onSearch={onSearch} />}
      {data && (
        <ObjectActions
          target={{ project, id, name: data.name, facts: data }}
          isOpen={isActing}
          onClose={() => setActing(false)}
          onTab={onTab}
        />
      )}
      {!data && !error && <Loading lines={[30, 70, 90]} />}
      {!data && error && isStatus(error, 404) && (
        <EmptyState isPage title={t("container.missing")} text={t("container.missingText")} />
      )}
      {!data && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

interface KeyNeeds {
  project: string;
  container: Container | undefined;
  onTab: (tab: ContainerTab) => void;
  onActions: () => void;
}

function usePageKeys({ project, container, onTab, onActions }: KeyNeeds): void {
  const go = useSibling(container);
  useLeave(ROUTES.containers, project);
  useKeys(
    bind("container", {
      logs: () => onTab("logs"),
      metrics: () => onTab("metrics"),
      events: () => onTab("events"),
      attempts: () => onTab("attempts"),
      why: () => onTab("why"),
      inspect: () => onTab("inspect"),
      actions: onActions,
      previous: () => go("previous"),
      next: () => go("next"),
      dock: () => container && openInDock({ project, id: container.slot, name: container.name }),
    }),
  );
}

interface PartsProps {
  container: Container;
  id: string;
  search: Search;
  onSearch: (search: Search) => void;
}

function Parts({ container, id, search, onSearch }: PartsProps) {
  const { t } = useTranslation();
  // Chosen once: the tab does not change under its reader when the container moves on.
  const [first] = useState(() => firstTab(container));
  const tab = search.tab ?? first;
  const onView = (view: LogView): void => onSearch({ ...search, ...view, tab });
  const body: Record<ContainerTab, () => React.ReactNode> = {
    logs: () => <LogLinesOf key={container.id} container={container} view={search} onView={onView} isMain />,
    metrics: () => (
      <MetricsTab
        container={container}
        id={id}
        range={search.range ?? "1h"}
        onRange={(range) => onSearch({ ...search, range, tab })}
      />
    ),
    events: () => <EventsTab container={container} id={id} />,
    attempts: () => <AttemptsTab container={container} id={id} />,
    why: () => <WhyTab container={container} id={id} />,
    inspect: () => <InspectTab container={container} />,
  };
  return (
    <Tabs
      value={tab}
      onChange={(value) =>
        onSearch({ ...search, tab: CONTAINER_TABS.find((one) => one === value) ?? "logs" })
      }
      className={styles.tabs}
      keepMounted={false}
    >
      <div className={styles.tabRow}>
        <Tabs.List>
          {CONTAINER_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(one === "why" && container.host === null ? "tab.whyPending" : `tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Button
          className={styles.toDock}
          size="compact-xs"
          variant="default"
          leftSection={<IconLayoutBottombarExpand size={14} />}
          onClick={() => openInDock({ project: container.project, id: container.slot, name: container.name })}
        >
          {t("dock.open")}
        </Button>
      </div>
      {CONTAINER_TABS.map((one) => (
        <Tabs.Panel key={one} value={one} className={styles.tabPanel}>
          <PanelBoundary>{body[one]()}</PanelBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
