import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Host } from "@/shared/api/types";
import { showCores, showMemory } from "@/shared/lib/format";
import type { UsageRange } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { type UsageHistory, useUsage } from "@/shared/live/usage";
import styles from "@/shared/ui/Chart.module.css";
import { ChartPanel } from "@/shared/ui/ChartPanel";
import type { ChartLine, ChartMark } from "@/shared/ui/chartPlot";
import { UsageFrame } from "@/shared/ui/UsageFrame";
import { hostEventsQuery, hostKey, readUsage } from "./queries";

const BAD = new Set(["host.lost", "host.refused", "host.suspect", "host.marked-dead", "host.slow"]);
const GOOD = new Set(["host.ok", "host.responsive", "host.cordoned", "host.uncordoned"]);

interface Props {
  host: Host;
  range: UsageRange;
  onRange: (range: UsageRange) => void;
}

type Resource = "cpu_millis" | "memory_bytes";

/** CPU and memory of the last hours: used, and beside it what is reserved and may be given away now. */
export function HostUsage({ host, range, onRange }: Props) {
  const { t } = useTranslation();
  const read = useUsage({
    key: hostKey(host.name),
    range,
    fetch: (minutes) => readUsage(host.name, minutes),
  });
  const marks = useMarks(host);
  const plot = (data: UsageHistory, resource: Resource, show: (value: number) => string) => (
    <ChartPanel
      title={t(resource === "cpu_millis" ? "usage.cpu" : "usage.memory")}
      at={data.at}
      lines={linesOf(data, host, resource, [t("usage.used"), t("usage.reserved"), t("usage.allocatable")])}
      show={show}
      least={host.capacity[resource] / 1.1}
      span={data.span}
      marks={marks}
      isBinary={resource === "memory_bytes"}
      syncKey={`host ${host.name}`}
      height_px={190}
    />
  );
  return (
    <UsageFrame range={range} onRange={onRange} read={read} none={t("hosts.usageSoon")}>
      {(data) => (
        <div className={styles.grid}>
          {plot(data, "cpu_millis", showCores)}
          {plot(data, "memory_bytes", showMemory)}
        </div>
      )}
    </UsageFrame>
  );
}

function linesOf(
  history: UsageHistory,
  host: Host,
  resource: Resource,
  [used, reserved, allocatable]: [string, string, string],
): ChartLine[] {
  const flat = (value: number): number[] => history.at.map(() => value);
  return [
    { label: used, values: history[resource], look: "used" },
    { label: reserved, values: flat(host.reserved[resource]), look: "reserved", isLevel: true },
    { label: allocatable, values: flat(host.allocatable[resource]), look: "limit", isLevel: true },
  ];
}

function useMarks(host: Host): readonly ChartMark[] {
  const { isAdmin } = useRights("");
  const { data } = useQuery({ ...hostEventsQuery(host), enabled: isAdmin });
  return useMemo(
    () =>
      (data ?? [])
        .filter((event) => BAD.has(event.kind) || GOOD.has(event.kind))
        .map((event) => ({ at_ms: Date.parse(event.at), label: event.kind, isBad: BAD.has(event.kind) })),
    [data],
  );
}
