import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { showCpuShare, showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import styles from "./Services.module.css";
import { lastOf, pathOf, peakOf, type Resource, type SlotLine, type UsageShown } from "./usage";
import { useContainers } from "./useService";

const SHOW: Record<Resource, (value: number | null) => string> = {
  cpu_millis: showCpuShare,
  memory_bytes: showMemory,
};
const WIDTH = 300;
const HEIGHT = 22;

/** Slots beside each other, their lines on one scale: the one that stands out is seen. */
export function SlotUsages({ service, shown }: { service: Service; shown: UsageShown }) {
  const { t } = useTranslation();
  const { data: containers } = useContainers(service);
  const ids = new Map((containers ?? []).map((one) => [one.slot_key, one.slot]));
  const resources = [
    [t("usage.cpu"), "cpu_millis"],
    [t("usage.memory"), "memory_bytes"],
  ] as const;
  const isPart = shown.slots.length < shown.slots_total;
  const rows = shown.slots.map((slot) => ({
    key: slot.slot,
    cells: [
      <SlotName key="slot" service={service} slot={slot} id={ids.get(slot.slot)} />,
      ...(service.mode === "global" ? [] : [slot.host]),
      ...resources.flatMap(([, resource]) => [
        SHOW[resource](lastOf(slot[resource])),
        SHOW[resource](peakOf(slot[resource])),
        <Line key={resource} shown={shown} slot={slot} resource={resource} />,
      ]),
    ],
  }));
  return (
    <Panel
      title={t("service.usage.each")}
      note={
        isPart
          ? t("service.usage.largest", { shown: shown.slots.length, all: shown.slots_total })
          : t("service.usage.eachNote", { step: shown.step_ms / 1_000 })
      }
      isFlush
    >
      <SimpleTable
        label={t("service.usage.each")}
        heads={[
          t(service.mode === "global" ? "column.host" : "service.usage.slot"),
          ...(service.mode === "global" ? [] : [t("column.host")]),
          ...resources.flatMap(([what]) => [
            t("service.usage.now", { what }),
            t("service.usage.peak", { what }),
            t("service.usage.line", { what }),
          ]),
        ]}
        rows={rows}
      />
    </Panel>
  );
}

function SlotName({ service, slot, id }: { service: Service; slot: SlotLine; id: string | undefined }) {
  const name = service.mode === "global" ? slot.host || slot.slot : `${service.name}.${slot.slot}`;
  if (id === undefined) return <span className="mono soft">{name}</span>;
  return (
    <Link
      className="mono"
      to={ROUTES.container}
      params={{ project: service.project, id }}
      search={{ tab: "metrics" }}
    >
      {name}
    </Link>
  );
}

function Line({ shown, slot, resource }: { shown: UsageShown; slot: SlotLine; resource: Resource }) {
  const top = Math.max(1, ...shown.slots.map((one) => peakOf(one[resource]) ?? 0));
  const { from_ms, to_ms } = shown.sum.span;
  const room = { from_ms, to_ms, step_ms: shown.step_ms, top, width: WIDTH, height: HEIGHT };
  return (
    <svg
      className={styles.slotLine}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={pathOf(shown.at, slot[resource], room)} />
    </svg>
  );
}
