/** The columns of the list of hosts: live numbers from the feed, conditions from the API. */
import type { TFunction } from "i18next";
import type { HostTable } from "@/live/fleet";
import type { Host } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { showAge, showCores, showMemory } from "@/shared/lib/format";
import { hrefOf, ROUTES } from "@/shared/lib/paths";
import type { Column } from "@/shared/ui/grid";
import { Meter } from "@/shared/ui/Meter";
import { rowLink } from "@/shared/ui/rowLink";
import { ConditionMark, HostStatus } from "@/shared/ui/Status";

interface Needs {
  table: HostTable;
  hosts: readonly Host[];
  now_ms: number;
  t: TFunction;
}

export function hostColumns(needs: Needs): Column[] {
  return [...whoColumns(needs), ...capacityColumns(needs), ...healthColumns(needs)];
}

function whoColumns({ table, t }: Needs): Column[] {
  return [
    {
      id: "state",
      label: t("column.state"),
      width: "112px",
      sortBy: "state",
      cell: (at) => <HostStatus state={table.text("state")[at] ?? ""} />,
    },
    {
      id: "name",
      label: t("column.name"),
      width: "minmax(90px, 1fr)",
      sortBy: "name",
      cell: (at) =>
        rowLink(hrefOf(ROUTES.host, { name: table.text("name")[at] ?? "" }), table.text("name")[at]),
    },
    {
      id: "zone",
      label: t("column.zone"),
      width: "60px",
      sortBy: "zone",
      cell: (at) => <span className="soft">{table.text("zone")[at] || "–"}</span>,
    },
    {
      id: "containers",
      label: t("column.containers"),
      width: "76px",
      sortBy: "containers",
      isNumber: true,
      cell: (at) => table.num("containers")[at],
    },
    {
      id: "failed",
      label: t("column.failed"),
      width: "50px",
      sortBy: "failed",
      isNumber: true,
      cell: (at) => table.num("failed")[at] || <span className="soft">0</span>,
    },
  ];
}

function capacityColumns({ table, t }: Needs): Column[] {
  const value = (column: Parameters<HostTable["num"]>[0], at: number): number => table.num(column)[at] ?? NaN;
  return [
    {
      id: "cpu",
      label: t("hosts.cpuHead"),
      width: "minmax(190px, 1.1fr)",
      sortBy: "cpu_used",
      cell: (at) => (
        <Meter
          label={t("column.cpu")}
          used={value("cpu_used", at)}
          reserved={value("cpu_reserved", at)}
          capacity={value("cpu_capacity", at)}
          text={[value("cpu_used", at), value("cpu_reserved", at), value("cpu_capacity", at)]
            .map(showCores)
            .join(" / ")}
        />
      ),
    },
    {
      id: "memory",
      label: t("hosts.memoryHead"),
      width: "minmax(262px, 1.3fr)",
      sortBy: "memory_used",
      cell: (at) => (
        <Meter
          label={t("column.memory")}
          used={value("memory_used", at)}
          reserved={value("memory_reserved", at)}
          capacity={value("memory_capacity", at)}
          text={[value("memory_used", at), value("memory_reserved", at), value("memory_capacity", at)]
            .map(showMemory)
            .join(" / ")}
        />
      ),
    },
  ];
}

function healthColumns({ table, hosts, now_ms, t }: Needs): Column[] {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const names = table.text("name");
  return [
    {
      id: "conditions",
      label: t("hosts.conditions"),
      width: "minmax(78px, 0.8fr)",
      cell: (at) => <Bad host={byName.get(names[at] ?? "")} />,
    },
    {
      id: "engine",
      label: t("column.engine"),
      width: "70px",
      sortBy: "engine",
      cell: (at) => (
        <span className="mono soft">{engine(table.text("engine")[at], byName.get(names[at] ?? ""))}</span>
      ),
    },
    {
      id: "since",
      label: t("column.since"),
      width: "44px",
      sortBy: "since",
      isNumber: true,
      cell: (at) => <span className="soft">{showAge(now_ms - (table.num("since")[at] ?? NaN))}</span>,
    },
  ];
}

/** A project's feed keeps the engine to itself; the API tells it to platform admins. */
function engine(told: string | undefined, host: Host | undefined): string {
  const version = host?.facts["engine_version"];
  const full = told || (typeof version === "string" ? version : "–");
  return full.split("+")[0] ?? full; // a distribution's own suffix says nothing here
}

/** Only what is wrong is named; all well is one quiet word. */
function Bad({ host }: { host: Host | undefined }) {
  const conditionName = useCodeName("conditionName");
  if (!host) return null;
  const bad = Object.entries(host.conditions).filter(([, condition]) => condition.status === "bad");
  if (bad.length === 0) return <span className="soft">✓</span>;
  return <ConditionMark isOk={false} word={bad.map(([name]) => conditionName(name)).join(", ")} />;
}
