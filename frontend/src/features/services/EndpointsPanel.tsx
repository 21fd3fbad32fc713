import type { TFunction } from "i18next";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Endpoint, Service } from "@/shared/api/types";
import { portLink } from "@/shared/lib/ports";
import { ROUTES } from "@/shared/lib/paths";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { EndpointMark } from "@/shared/ui/Status";
import styles from "./Services.module.css";
import { useEndpoints } from "./useService";

const MOST_ROWS = 200;

/** Where the service answers now, as whoever balances its load is told. */
export function EndpointsPanel({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useEndpoints({ project: service.project, id: service.id });
  const all = data?.endpoints ?? [];
  const ready = all.filter((one) => one.state === "ready").length;
  return (
    <Panel
      title={t("endpoints.title")}
      note={data && t("endpoints.note", { ready, leaving: all.length - ready })}
      isFlush
    >
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && all.length === 0 && <EmptyState title={t("endpoints.none")} text={noneText(service, t)} />}
      {data && all.length > 0 && (
        <div className={styles.endpoints} data-testid="endpoints">
          <Rows service={service} endpoints={all.slice(0, MOST_ROWS)} />
        </div>
      )}
    </Panel>
  );
}

function noneText(service: Service, t: TFunction): string {
  const ports = service.spec.container.ports ?? [];
  return t(ports.length > 0 ? "endpoints.noneReady" : "endpoints.noPorts");
}

function Rows({ service, endpoints }: { service: Service; endpoints: readonly Endpoint[] }) {
  const { t } = useTranslation();
  const { project } = service;
  const rows = endpoints.map((one) => ({
    key: `${one.container}/${one.container_port}/${one.protocol}`,
    cells: [
      <EndpointMark key="state" state={one.state} />,
      <Link key="slot" className="mono" to={ROUTES.container} params={{ project, id: one.container }}>
        {one.slot}
      </Link>,
      <Link key="host" className="mono" to={ROUTES.host} params={{ name: one.host }}>
        {one.host}
      </Link>,
      <Address key="address" one={one} />,
    ],
  }));
  const heads = [t("column.state"), t("endpoints.slot"), t("column.host"), t("endpoints.address")];
  return <SimpleTable label={t("endpoints.title")} heads={heads} rows={rows} />;
}

function Address({ one }: { one: Endpoint }) {
  const port = { host_port: one.port, container_port: one.container_port, protocol: one.protocol };
  const href = portLink(port, one.address, window.location.hostname);
  const text = `${one.address}:${one.port}`;
  return (
    <span className="mono">
      {href === null ? (
        text
      ) : (
        <a href={href} target="_blank" rel="noreferrer">
          {text}
        </a>
      )}
      <span className="soft">
        {" "}
        → {one.container_port}
        {one.protocol === "tcp" ? "" : `/${one.protocol}`}
      </span>
    </span>
  );
}
