import { useTranslation } from "react-i18next";
import type { Host } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { showAge, showCores, showMemory } from "@/shared/lib/format";
import { useFleet, useNow } from "@/shared/live/hooks";
import { Facts } from "@/shared/ui/Facts";
import { Meter } from "@/shared/ui/Meter";
import { Panel } from "@/shared/ui/Panel";
import { ConditionMark } from "@/shared/ui/Status";
import styles from "./HostPage.module.css";

type Resource = "cpu_millis" | "memory_bytes";

export function CapacityPanel({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const position = fleet.hosts.find(host.name) ?? -1;
  const used: Record<Resource, number> = {
    cpu_millis: fleet.hosts.num("cpu_used")[position] ?? host.usage?.cpu_millis ?? NaN,
    memory_bytes: fleet.hosts.num("memory_used")[position] ?? host.usage?.memory_bytes ?? NaN,
  };
  const row = (label: string, resource: Resource, show: (value: number) => string) => (
    <Meter
      isWide
      label={label}
      used={used[resource]}
      reserved={host.reserved[resource]}
      capacity={host.capacity[resource]}
      allocatable={host.allocatable[resource]}
      text={t("hosts.usage", {
        used: show(used[resource]),
        reserved: show(host.reserved[resource]),
        allocatable: show(host.allocatable[resource]),
      })}
    />
  );
  return (
    <Panel title={t("hosts.capacity")}>
      <Facts
        rows={[
          [
            `${t("column.cpu")} (${showCores(host.capacity.cpu_millis)})`,
            row(t("column.cpu"), "cpu_millis", showCores),
          ],
          [
            `${t("column.memory")} (${showMemory(host.capacity.memory_bytes)})`,
            row(t("column.memory"), "memory_bytes", showMemory),
          ],
        ]}
      />
      <p className={styles.legend} aria-hidden="true">
        {(["used", "reserved", "free", "kept"] as const).map((part) => (
          <span key={part}>
            <span className={styles.swatch} data-part={part} />
            {t(`hosts.part.${part}`)}
          </span>
        ))}
      </p>
    </Panel>
  );
}

export function ConditionsPanel({ host }: { host: Host }) {
  const { t } = useTranslation();
  const conditionName = useCodeName("conditionName");
  const now_ms = useNow();
  const since = (iso: string): string => t("container.since", { age: showAge(now_ms - Date.parse(iso)) });
  const rows = Object.entries(host.conditions).map(
    ([name, condition]) =>
      [
        conditionName(name),
        <span key={name}>
          <ConditionMark isOk={condition.status === "ok"} word={t(`condition.${condition.status}`)} />{" "}
          <span className="soft">
            {[condition.message, since(condition.since)].filter(Boolean).join(" · ")}
          </span>
        </span>,
      ] as const,
  );
  return (
    <Panel title={t("hosts.conditions")}>
      <Facts
        rows={[
          [
            t("hosts.reachable"),
            <ConditionMark key="r" isOk={host.reachable === "ok"} word={t(`reachable.${host.reachable}`)} />,
          ],
          [
            t("hosts.responsive"),
            <ConditionMark
              key="s"
              isOk={host.responsive === "ok"}
              word={t(`responsive.${host.responsive}`)}
            />,
          ],
          ...rows,
        ]}
      />
    </Panel>
  );
}

function word(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

const FACTS = [
  "engine_version",
  "api_version",
  "os",
  "kernel",
  "architecture",
  "storage_driver",
  "cgroup_version",
] as const;

export function FactsPanel({ host }: { host: Host }) {
  const { t } = useTranslation();
  const factName = useCodeName("fact");
  const mono = (text: string): React.ReactNode => <span className="mono">{text}</span>;
  const labels = Object.entries(host.labels).map(([key, value]) => `${key}=${value}`);
  const facts = FACTS.filter((key) => host.facts[key] !== undefined && host.facts[key] !== null);
  return (
    <Panel title={t("hosts.facts")} note={facts.length === 0 ? t("hosts.factsHidden") : undefined}>
      <Facts
        rows={[
          [t("hosts.dataAddress"), mono(host.data_address)],
          [t("hosts.labels"), labels.length > 0 ? mono(labels.join(" ")) : "–"],
          ...(host.taints.length > 0 ? [[t("hosts.taints"), mono(host.taints.join(" "))] as const] : []),
          ...facts.map((key) => [factName(key), mono(word(host.facts[key]))] as const),
        ]}
      />
    </Panel>
  );
}
