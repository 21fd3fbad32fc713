import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed, isStatus } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { useLiveObject } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page, PageHead } from "@/shared/ui/Page";
import { HostStatus } from "@/shared/ui/Status";
import { Verb } from "@/shared/ui/Verb";
import styles from "./HostPage.module.css";
import { CapacityPanel, ConditionsPanel, FactsPanel } from "./HostPanels";
import { HostContainers } from "./HostContainers";
import { readHost, setCordon } from "./queries";
import { hostRefusal } from "./rules";

function hostKey(name: string): readonly string[] {
  return ["host", name];
}

export function HostPage({ name }: { name: string }) {
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
        <PageHead title={data.name} isMono actions={<Cordon host={data} />}>
          <HostStatus state={data.state} />
          {data.url !== "" && <span className="mono soft">{data.url}</span>}
        </PageHead>
      )}
      {data && (
        <div className={styles.columns}>
          <CapacityPanel host={data} />
          <ConditionsPanel host={data} />
          <FactsPanel host={data} />
        </div>
      )}
      {data && <HostContainers name={data.name} />}
      {!data && !error && <Loading lines={[30, 70, 90]} />}
      {!data && error && isStatus(error, 404) && <EmptyState isPage title={t("hosts.missing")} />}
      {!data && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Cordon({ host }: { host: Host }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { isAdmin } = useRights("");
  const isCordoned = host.availability !== "active";
  const reason = hostRefusal(isCordoned ? "uncordon" : "cordon", host, isAdmin);
  const cordon = useMutation({
    mutationFn: () => setCordon(host.name, !isCordoned),
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
    },
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof RequestFailed ? error.message : t("error.unreachable"),
      }),
  });
  return (
    <Verb
      label={t(isCordoned ? "hosts.uncordon" : "hosts.cordon")}
      refusal={reason === null ? null : t(`refusal.${reason}`)}
      isBusy={cordon.isPending}
      onClick={() => cordon.mutate()}
    />
  );
}
