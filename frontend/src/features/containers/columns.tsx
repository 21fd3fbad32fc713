/** The columns of the list of containers: each reads one field of one row where it stands. */
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import type { Fleet } from "@/live/fleet";
import type { Host } from "@/shared/api/types";
import { shortImage, showAge, showCpuShare, showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { readPorts } from "@/shared/lib/ports";
import { PortLinks } from "@/shared/ui/PortLinks";
import { ContainerStatus } from "@/shared/ui/Status";
import type { Column } from "@/shared/ui/grid";
import { Sparkline } from "@/shared/ui/Sparkline";

interface Needs {
  fleet: Fleet;
  hosts: readonly Host[];
  project: string;
  now_ms: number;
  t: TFunction;
}

const ONE_CORE_MILLIS = 1_000;
const ANSWERING = new Set(["running", "unhealthy", "unknown"]);

export function containerColumns(needs: Needs): Column[] {
  return [...whatColumns(needs), ...usageColumns(needs), ...whereColumns(needs)];
}

function whatColumns({ fleet, project, t }: Needs): Column[] {
  const table = fleet.containers;
  return [
    {
      id: "state",
      label: t("column.state"),
      width: "112px",
      sortBy: "state",
      cell: (at) => <ContainerStatus state={table.text("state")[at] ?? ""} />,
    },
    {
      id: "name",
      label: t("column.name"),
      width: "minmax(150px, 1.6fr)",
      sortBy: "name",
      cell: (at) => (
        <Name project={project} slot={table.text("slot")[at] ?? ""} name={table.text("name")[at] ?? ""} />
      ),
    },
    {
      id: "host",
      label: t("column.host"),
      width: "minmax(80px, 0.8fr)",
      sortBy: "host",
      cell: (at) => <HostName name={table.text("host")[at] ?? ""} />,
    },
  ];
}

function Name({ project, slot, name }: { project: string; slot: string; name: string }) {
  return (
    <Link
      className="mono plain"
      to={ROUTES.container}
      params={{ project, id: slot }}
      tabIndex={-1}
      title={name}
    >
      {name}
    </Link>
  );
}

function HostName({ name }: { name: string }) {
  if (name === "") return <span className="soft">–</span>;
  return (
    <Link className="mono plain" to={ROUTES.host} params={{ name }} tabIndex={-1} title={name}>
      {name}
    </Link>
  );
}

function usageColumns({ fleet, t }: Needs): Column[] {
  const table = fleet.containers;
  return [
    {
      id: "cpu",
      label: t("column.cpu"),
      width: "64px",
      sortBy: "cpu_millis",
      isNumber: true,
      cell: (at) => showCpuShare(table.num("cpu_millis")[at]),
    },
    {
      id: "trend",
      label: t("column.trend"),
      width: "92px",
      cell: (at) => (
        <Sparkline
          values={fleet.usage.read(table.text("slot")[at] ?? "").cpu_millis}
          top={ONE_CORE_MILLIS / 10}
        />
      ),
    },
    {
      id: "memory",
      label: t("column.memory"),
      width: "76px",
      sortBy: "memory_bytes",
      isNumber: true,
      cell: (at) => showMemory(table.num("memory_bytes")[at]),
    },
  ];
}

function whereColumns({ fleet, hosts, now_ms, t }: Needs): Column[] {
  const table = fleet.containers;
  const addresses = new Map(hosts.map((host) => [host.name, host.data_address]));
  return [
    {
      id: "ports",
      label: t("column.ports"),
      width: "minmax(90px, 0.9fr)",
      cell: (at) => (
        <PortLinks
          ports={readPorts(table.text("ports")[at] ?? "")}
          // A port of something that does not run answers nobody.
          dataAddress={
            ANSWERING.has(table.text("state")[at] ?? "")
              ? addresses.get(table.text("host")[at] ?? "")
              : undefined
          }
        />
      ),
    },
    {
      id: "image",
      label: t("column.image"),
      width: "minmax(90px, 1fr)",
      sortBy: "image",
      cell: (at) => (
        <span className="mono soft" title={table.text("image")[at]}>
          {shortImage(table.text("image")[at] ?? "")}
        </span>
      ),
    },
    {
      id: "age",
      label: t("column.age"),
      width: "48px",
      sortBy: "created",
      isNumber: true,
      cell: (at) => <span className="soft">{showAge(now_ms - (table.num("created")[at] ?? NaN))}</span>,
    },
    {
      id: "message",
      label: t("column.message"),
      width: "minmax(120px, 1.8fr)",
      cell: (at) => (
        <span className="soft" title={table.text("message")[at] || table.text("reason")[at]}>
          {table.text("message")[at] || table.text("reason")[at]}
        </span>
      ),
    },
  ];
}
