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
import { ChartRange } from "@/shared/ui/ChartRange";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
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
  const { data, error, refetch } = useUsage({
    key: hostKey(host.name),
    range,
    fetch: (minutes) => readUsage(host.name, minutes),
  });
  const marks = useMarks(host);
  const plot = (title: string, resource: Resource, show: (value: number) => string) =>
    data && (
      <ChartPanel
        title={title}
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
    <>
      <div className={styles.bar}>
        <ChartRange value={range} onChange={onRange} />
        <span className="soft">{t("usage.drag")}</span>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={[90, 90]} />}
      {data?.at.length === 0 && <EmptyState title={t("usage.none")} text={t("hosts.usageSoon")} />}
      {data && data.at.length > 0 && (
        <div className={styles.grid}>
          {plot(t("usage.cpu"), "cpu_millis", showCores)}
          {plot(t("usage.memory"), "memory_bytes", showMemory)}
        </div>
      )}
    </>
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
