import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Platform } from "@/shared/api/types";
import { showAge, showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Facts } from "@/shared/ui/Facts";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ConditionMark } from "@/shared/ui/Status";
import { Loops } from "./Loops";
import { BeatWatch, type Life, platformQuery } from "./platform";
import styles from "./Settings.module.css";

const HOSTS_NAMED = 8;

/** The health of Orchestra itself: what needs somebody first, then its processes, its database, its loops. */
export function Health() {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const { data, error, refetch, dataUpdatedAt } = useQuery({ ...platformQuery, enabled: isAdmin });
  const watch = useRef(new BeatWatch());
  const now_ms = useNow();
  if (!isAdmin) return <EmptyState title={t("error.forbidden")} text={t("platform.hidden")} />;
  if (!data && error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={[60, 90, 90]} />;
  watch.current.observe(data.processes, dataUpdatedAt);
  const lifeOf = (id: string): Life => watch.current.lifeOf(id, data.ttl_s, now_ms);
  return (
    <>
      <Troubles platform={data} lifeOf={lifeOf} />
      <Processes platform={data} lifeOf={lifeOf} now_ms={now_ms} />
      <Database platform={data} now_ms={now_ms} />
      <Loops />
    </>
  );
}

interface Props {
  platform: Platform;
  lifeOf: (id: string) => Life;
}

/** In words and with what to do; one quiet line while all is well. */
function Troubles({ platform, lifeOf }: Props) {
  const { t } = useTranslation();
  const { processes, unspoken_hosts: unspoken, database } = platform;
  const silent = processes.filter((one) => lifeOf(one.id) === "silent");
  const troubles = [
    !processes.some((one) => one.role === "scheduler" && one.leads) && t("platform.noLeader"),
    !processes.some((one) => one.role === "agent") && t("platform.noAgent"),
    silent.length > 0 && t("platform.silent", { names: silent.map((one) => one.name).join(", ") }),
    unspoken.length > 0 &&
      t("platform.unspoken", { count: unspoken.length, names: unspoken.slice(0, HOSTS_NAMED).join(", ") }),
    database.connections > database.most_connections * 0.9 && t("platform.crowded"),
  ].filter((trouble) => trouble !== false);
  return (
    <div data-testid="platform" role="status" className={styles.troubles}>
      {troubles.length === 0 ? (
        <ConditionMark isOk word={t("platform.well")} />
      ) : (
        troubles.map((trouble) => <ConditionMark key={trouble} isOk={false} word={trouble} />)
      )}
    </div>
  );
}

function Processes({ platform, lifeOf, now_ms }: Props & { now_ms: number }) {
  const { t } = useTranslation();
  const age = (iso: string): string => t("container.since", { age: showAge(now_ms - Date.parse(iso)) });
  const web = {
    key: "web",
    cells: [
      t("platform.role.web"),
      <span key="name" className="mono">
        {platform.web.name}
      </span>,
      <ConditionMark key="life" isOk word={t("platform.life.alive")} />,
      t("platform.answersYou"),
      age(platform.web.started_at),
    ],
  };
  const rows = platform.processes.map((one) => ({
    key: one.id,
    cells: [
      t(`platform.role.${one.role}`),
      <span key="name" className="mono">
        {one.name}
      </span>,
      <LifeMark key="life" life={lifeOf(one.id)} />,
      one.role === "agent" ? (
        <Hosts key="does" names={one.hosts} />
      ) : (
        t(one.leads ? "platform.leads" : "platform.standsBy")
      ),
      age(one.started_at),
    ],
  }));
  const heads = (["role", "name", "life", "does", "up"] as const).map((name) => t(`platform.column.${name}`));
  return (
    <Panel title={t("platform.processes")} isFlush>
      <SimpleTable label={t("platform.processes")} heads={heads} rows={[web, ...rows]} />
    </Panel>
  );
}

function LifeMark({ life }: { life: Life }) {
  const { t } = useTranslation();
  if (life === "unknown") return <span className="soft">{t("platform.life.unknown")}</span>;
  return <ConditionMark isOk={life === "alive"} word={t(`platform.life.${life}`)} />;
}

function Hosts({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  if (names.length === 0) return <>{t("platform.noHosts")}</>;
  const more = names.length - HOSTS_NAMED;
  return (
    <span title={names.join(", ")}>
      {t("platform.speaksFor", { count: names.length })}{" "}
      {names.slice(0, HOSTS_NAMED).map((name, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <Link className="mono" to={ROUTES.host} params={{ name }}>
            {name}
          </Link>
        </span>
      ))}
      {more > 0 && ` +${more}`}
    </span>
  );
}

function Database({ platform, now_ms }: { platform: Platform; now_ms: number }) {
  const { t } = useTranslation();
  const { database } = platform;
  return (
    <Panel title={t("platform.database")}>
      <Facts
        rows={[
          ["PostgreSQL", database.version],
          [t("platform.size"), showMemory(database.size_bytes)],
          [
            t("platform.connections"),
            t("platform.of", { part: database.connections, whole: database.most_connections }),
          ],
          [t("platform.answered"), `${database.answered_ms.toFixed(1)} ms`],
          [
            t("platform.column.up"),
            t("container.since", { age: showAge(now_ms - Date.parse(database.started_at)) }),
          ],
        ]}
      />
    </Panel>
  );
}
