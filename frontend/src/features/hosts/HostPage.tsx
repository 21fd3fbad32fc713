import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Host } from "@/shared/api/types";
import { HOST_TABS, type HostTab, ROUTES, type UsageRange } from "@/shared/lib/paths";
import { useLiveObject } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page, PageHead } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { HostStatus } from "@/shared/ui/Status";
import { DrainPanel } from "./DrainPanel";
import { HostContainers } from "./HostContainers";
import { HostEvents } from "./HostEvents";
import { HostGpus } from "./HostGpus";
import { HostKept } from "./HostKept";
import { HostLabels } from "./HostLabels";
import styles from "./HostPage.module.css";
import { CapacityPanel, ConditionsPanel, FactsPanel } from "./HostPanels";
import { HostUsage } from "./HostUsage";
import { HostVerbs } from "./HostVerbs";
import { hostKey, readHost } from "./queries";

export interface HostSearch {
  tab?: HostTab | undefined;
  range?: UsageRange | undefined;
}
interface Props {
  name: string;
  search: HostSearch;
  onSearch: (search: HostSearch) => void;
}

/** One engine: how much it has, what of it is reserved and used, how it is, and what was done to it. */
export function HostPage({ name, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useLiveObject<Host>({
    key: hostKey(name),
    topic: (known) => (known === undefined ? null : `host:${known.id}`),
    fetch: () => readHost(name),
  });
  return (
    <Page>
      <Crumb to={ROUTES.hosts}>{t("hosts.title")}</Crumb>
      {data && (
        <>
          <PageHead title={data.name} isMono actions={<HostVerbs host={data} />}>
            <HostStatus state={data.state} />
            {data.labels["zone"] !== undefined && <span>{data.labels["zone"]}</span>}
            {data.url !== "" && (
              <span className={`mono soft ${styles.url}`} title={data.url}>
                {data.url}
              </span>
            )}
          </PageHead>
          {data.availability === "draining" && <DrainPanel host={data} />}
          <div className={styles.columns}>
            <CapacityPanel host={data} />
            <ConditionsPanel host={data} />
            <FactsPanel host={data} />
          </div>
          <Parts host={data} search={search} onSearch={onSearch} />
        </>
      )}
      {!data && !error && <Loading lines={[30, 70, 90]} />}
      {!data && error && isStatus(error, 404) && <EmptyState isPage title={t("hosts.missing")} />}
      {!data && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Parts({ host, search, onSearch }: { host: Host } & Pick<Props, "search" | "onSearch">) {
  const { t } = useTranslation();
  const body: Record<HostTab, () => React.ReactNode> = {
    containers: () => <HostContainers name={host.name} />,
    usage: () => (
      <HostUsage
        host={host}
        range={search.range ?? "24h"}
        onRange={(range) => onSearch({ ...search, range })}
      />
    ),
    events: () => <HostEvents host={host} />,
    gpus: () => <HostGpus host={host} />,
    labels: () => (
      <>
        <HostLabels key={`labels ${host.generation}`} host={host} />
        <HostKept key={`kept ${host.generation}`} host={host} />
      </>
    ),
  };
  return (
    <Tabs
      value={search.tab ?? "containers"}
      onChange={(value) => onSearch({ ...search, tab: HOST_TABS.find((one) => one === value) })}
      keepMounted={false}
    >
      <Tabs.List>
        {HOST_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`hosts.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {HOST_TABS.map((one) => (
        <Tabs.Panel key={one} value={one} className={styles.part}>
          <PanelBoundary>{body[one]()}</PanelBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
