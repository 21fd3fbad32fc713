import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import { showCount } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { HostStatus } from "@/shared/ui/Status";
import { HOST_RANK, isHostState } from "@/shared/ui/status";
import { showShare } from "@/shared/lib/share";
import styles from "./Overview.module.css";

const MOST_ROWS = 100;

/** What the map draws, in words: the hosts with trouble first. */
export function HostList({ hosts }: { hosts: HostTable }) {
  const { t, i18n } = useTranslation();
  const positions = worstFirst(hosts);
  const value = (column: Parameters<HostTable["num"]>[0], at: number): number => hosts.num(column)[at] ?? NaN;
  const rows = positions.slice(0, MOST_ROWS).map((at) => ({
    key: hosts.text("name")[at] ?? "",
    cells: [
      <HostStatus key="state" state={hosts.text("state")[at] ?? ""} />,
      <Link
        key="name"
        className="mono plain"
        to={ROUTES.host}
        params={{ name: hosts.text("name")[at] ?? "" }}
      >
        {hosts.text("name")[at]}
      </Link>,
      hosts.text("zone")[at] || "–",
      value("failed", at) || 0,
      value("containers", at) || 0,
      showShare(value("cpu_used", at), value("cpu_capacity", at)),
      showShare(value("memory_used", at), value("memory_capacity", at)),
    ],
  }));
  const heads = (["state", "name", "zone", "failed", "containers", "cpu", "memory"] as const).map((name) =>
    t(`column.${name}`),
  );
  return (
    <div className={styles.hostList}>
      <SimpleTable label={t("overview.map")} heads={heads} rows={rows} />
      {positions.length > MOST_ROWS && (
        <Link to={ROUTES.hosts}>
          {t("overview.allHosts", { shown: showCount(positions.length, i18n.language) })}
        </Link>
      )}
    </div>
  );
}

function worstFirst(hosts: HostTable): number[] {
  const rank = (at: number): number => {
    const state = hosts.text("state")[at] ?? "";
    return isHostState(state) ? HOST_RANK[state] : HOST_RANK.unknown;
  };
  const failed = (at: number): number => hosts.num("failed")[at] || 0;
  const names = hosts.text("name");
  const found: number[] = [];
  for (let at = 0; at < hosts.end; at += 1) if (hosts.isAlive(at)) found.push(at);
  return found.sort(
    (a, b) => rank(a) - rank(b) || failed(b) - failed(a) || ((names[a] ?? "") < (names[b] ?? "") ? -1 : 1),
  );
}
