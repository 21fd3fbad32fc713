import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { showCpuShare, showMemory } from "@/shared/lib/format";
import type { UsageRange } from "@/shared/lib/paths";
import { useUsageRead } from "@/shared/live/usage";
import styles from "@/shared/ui/Chart.module.css";
import { ChartPanel } from "@/shared/ui/ChartPanel";
import type { ChartLine, ChartMark } from "@/shared/ui/chartPlot";
import { UsageFrame } from "@/shared/ui/UsageFrame";
import { readUsage, rolloutsQuery, serviceKey } from "./queries";
import { SlotUsages } from "./SlotUsages";
import { type Resource, toShown, type UsageShown } from "./usage";
import { useContainers } from "./useService";

const LEAST: Record<Resource, number> = { cpu_millis: 100, memory_bytes: 16 * 1024 * 1024 };
const ENDED_BADLY = new Set(["failed", "rolled-back", "aborted"]);

interface Props {
  service: Service;
  range: UsageRange;
  onRange: (range: UsageRange) => void;
}

/** CPU and memory of all its containers together, with its roll-outs marked, and of each slot beside the others. */
export function UsageTab({ service, range, onRange }: Props) {
  const { t } = useTranslation();
  const read = useUsageRead<UsageShown>({
    key: serviceKey(service),
    range,
    fetch: async (minutes) => toShown(await readUsage(service, minutes), minutes),
  });
  return (
    <UsageFrame
      range={range}
      onRange={onRange}
      read={read}
      none={t(service.live > 0 ? "service.usage.soon" : "service.usage.idle")}
    >
      {(shown) => (
        <>
          <Sums service={service} shown={shown} />
          <SlotUsages service={service} shown={shown} />
        </>
      )}
    </UsageFrame>
  );
}

function Sums({ service, shown }: { service: Service; shown: UsageShown }) {
  const { t } = useTranslation();
  const { data: containers } = useContainers(service);
  const marks = useMarks(service);
  const { sum } = shown;
  const requested = (resource: Resource): number =>
    (containers ?? [])
      .filter((one) => !one.is_successor)
      .reduce((all, one) => all + one.requests[resource], 0);
  const plot = (what: string, resource: Resource, show: (value: number) => string) => (
    <ChartPanel
      title={t("service.usage.sum", { what })}
      at={sum.at}
      lines={[
        { label: t("usage.used"), values: sum[resource], look: "used" },
        ...level(t("usage.request"), requested(resource), sum.at),
      ]}
      show={show}
      least={LEAST[resource]}
      span={sum.span}
      marks={marks}
      isBinary={resource === "memory_bytes"}
      syncKey={`service ${service.id}`}
    />
  );
  return (
    <div className={styles.grid}>
      {plot(t("usage.cpu"), "cpu_millis", showCpuShare)}
      {plot(t("usage.memory"), "memory_bytes", showMemory)}
    </div>
  );
}

/** What its containers ask for together, as a level line; none where they ask for nothing. */
function level(label: string, value: number, at: readonly number[]): ChartLine[] {
  return value > 0 ? [{ label, values: at.map(() => value), look: "reserved", isLevel: true }] : [];
}

function useMarks(service: Service): readonly ChartMark[] {
  const { t } = useTranslation();
  const { rollout } = service;
  const { data } = useQuery(rolloutsQuery(service, `${rollout?.number ?? 0}.${rollout?.status ?? ""}`));
  return useMemo(
    () =>
      (data ?? []).map((one) => ({
        at_ms: Date.parse(one.started_at),
        label: t("service.usage.rollout", { number: one.number }),
        isBad: ENDED_BADLY.has(one.status),
      })),
    [data, t],
  );
}
