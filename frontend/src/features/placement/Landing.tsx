import { useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { HostsNeeded, Simulated } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { HostTiles } from "@/shared/map/HostTiles";
import { Fixes, Nearest } from "@/shared/ui/Fixes";
import { Funnel } from "@/shared/ui/Funnel";
import { Panel } from "@/shared/ui/Panel";
import { RefusedHosts } from "@/shared/ui/RefusedHosts";
import { Said } from "@/shared/ui/Said";
import { HostLink } from "./HostLink";
import styles from "./Placement.module.css";
import type { Wish } from "./search";
import { SimpleTable } from "@/shared/ui/SimpleTable";

const DRAW_MS = 1_000;
const MOST_ROWS = 200;
const MOST_NAMED = 5;

/** How many fit and where, on the map and in words; and of what is left why, and what would help. */
export function Landing({ found, wish }: { found: Simulated; wish: Wish }) {
  const { t } = useTranslation();
  const said = verdict(found, t);
  const at = showMoment(found.at);
  const { left, needed } = found;
  return (
    <>
      <div className={styles.verdict} data-fits={left === null} data-testid="landing">
        <h2>{said}</h2>
        {left && <p>{left.text}</p>}
        {left?.gives_way && <GivesWay found={left.gives_way} />}
        {needed && <p data-testid="needed">{neededWords(needed, wish, t)}</p>}
        <p className="soft">{t("simulate.asOf", { policy: found.policy, at })}</p>
        <Said text={said} />
      </div>
      <Where found={found} />
      {left ? (
        <>
          <Fixes advice={left} />
          <Funnel total={left.hosts_total} steps={left.funnel} note={t("simulate.funnelLeft", { at })} />
          <Nearest advice={left} />
          {left.misses.length === 0 && (
            <RefusedHosts refused={left.refused} note={String(left.refused.length)} />
          )}
        </>
      ) : (
        <Funnel total={found.hosts_total} steps={found.funnel} note={t("simulate.funnel", { at })} />
      )}
    </>
  );
}

/** Who would stop for those that are left, because they are more important. */
function GivesWay({ found }: { found: NonNullable<NonNullable<Simulated["left"]>["gives_way"]> }) {
  const { t } = useTranslation();
  const { placed, is_least, stops, why } = found;
  const shown = stops.slice(0, MOST_NAMED).map(({ container, host }) => `${container} (${host})`);
  const more = stops.length - shown.length;
  const names = [...shown, ...(more > 0 ? [t("simulate.givesMore", { count: more })] : [])].join(", ");
  return (
    <p data-testid="gives-way">
      {placed > 0 && t(is_least ? "simulate.givesLeast" : "simulate.gives", { count: placed })}
      {names !== "" && ` ${t("simulate.givesWho", { names })}`}
      {why !== "" && ` ${why}`}
      {placed === 0 && why === "" && t("simulate.givesNone")}
    </p>
  );
}

function verdict({ containers, placed, hosts, hosts_total, left }: Simulated, t: TFunction): string {
  const on = t("simulate.on", { hosts: hosts.length, count: hosts_total });
  if (left === null) return `${t("simulate.all", { count: containers })} ${on}`;
  if (placed === 0) return t("simulate.nothing", { count: containers });
  return `${t("simulate.some", { placed, count: containers })} ${on}; ${t("simulate.left", { count: left.waiting })}`;
}

function neededWords({ hosts, left }: HostsNeeded, { like, hcpu, hmemory }: Wish, t: TFunction): string {
  const size = [hcpu && `${hcpu} CPU`, hmemory].filter(Boolean).join(" / ");
  const shape = [like && t("simulate.like", { like }), size].filter(Boolean).join(", ");
  if (hosts === null) return t("simulate.neededNever", { count: left, shape });
  if (hosts === 0) return t("simulate.neededNone");
  return t("simulate.needed", { count: hosts, shape });
}

function Where({ found }: { found: Simulated }) {
  const { t } = useTranslation();
  const { hosts } = useCalmFleet(DRAW_MS);
  const navigate = useNavigate();
  const ghosts = useMemo(() => new Map(found.hosts.map((one) => [one.host, one.containers])), [found]);
  const zones = hosts.text("zone");
  const rows = found.hosts.slice(0, MOST_ROWS).map(({ host, containers }) => ({
    key: host,
    cells: [<HostLink key="host" name={host} />, zones[hosts.find(host) ?? -1] || "–", containers],
  }));
  const more = found.hosts.length - rows.length;
  return (
    <Panel title={t("simulate.where")}>
      <p className={styles.legend}>{t("simulate.legend")}</p>
      <HostTiles
        hosts={hosts}
        metric="hosts"
        group="zone"
        ghosts={ghosts}
        onOpen={(name) => void navigate({ to: ROUTES.host, params: { name } })}
      />
      {rows.length > 0 && (
        <details className={styles.list}>
          <summary>{t("simulate.list")}</summary>
          <SimpleTable
            label={t("simulate.where")}
            heads={[t("column.host"), t("column.zone"), t("column.containers")]}
            rows={rows}
          />
          {more > 0 && <p className="soft">{t("decisions.more", { count: more })}</p>}
        </details>
      )}
    </Panel>
  );
}
