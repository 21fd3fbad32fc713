/** The columns of the list of containers: each reads one field of one row where it stands. */
import { IconDots, IconLayoutBottombarExpand } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import type { Fleet } from "@/live/fleet";
import type { Host } from "@/shared/api/types";
import { openInDock } from "@/shared/lib/dock";
import { shortImage, showCpuShare, showMemory } from "@/shared/lib/format";
import { hrefOf, ROUTES } from "@/shared/lib/paths";
import { readPorts } from "@/shared/lib/ports";
import { Age } from "@/shared/ui/Age";
import { PortLinks } from "@/shared/ui/PortLinks";
import { rowLink } from "@/shared/ui/rowLink";
import { containerMark } from "@/shared/ui/Status";
import type { Column } from "@/shared/ui/grid";
import { Sparkline } from "@/shared/ui/Sparkline";
import styles from "./List.module.css";
import { saidOf } from "./said";

export interface Ticking {
  has: (slot: string) => boolean;
  shown: "none" | "some" | "all";
  onTick: (slot: string, isRange: boolean) => void;
  onAll: () => void;
}

interface Needs {
  fleet: Fleet;
  hosts: readonly Host[];
  project: string;
  ticking: Ticking;
  onActions: (slot: string) => void;
  t: TFunction;
}

const ONE_CORE_MILLIS = 1_000;
const DOCK = <IconLayoutBottombarExpand size={15} stroke={1.6} aria-hidden />;
const DOTS = <IconDots size={15} stroke={1.6} aria-hidden />;
const ANSWERING = new Set(["running", "unhealthy", "unknown"]);

export function containerColumns(needs: Needs): Column[] {
  return [
    tickColumn(needs),
    ...whatColumns(needs),
    ...usageColumns(needs),
    ...whereColumns(needs),
    buttonColumn(needs),
  ];
}

function tickColumn({ fleet, ticking, t }: Needs): Column {
  const { slot, name } = { slot: fleet.containers.text("slot"), name: fleet.containers.text("name") };
  const label = saidOf((of) => t("list.tickOne", { name: of }));
  return {
    id: "tick",
    label: t("list.tick"),
    width: "16px",
    isLate: true,
    head: (
      <input
        type="checkbox"
        className={styles.tick}
        tabIndex={-1}
        aria-label={t("list.tickAll")}
        checked={ticking.shown === "all"}
        ref={(box) => {
          if (box) box.indeterminate = ticking.shown === "some";
        }}
        onChange={ticking.onAll}
      />
    ),
    cell: (at) => (
      <input
        type="checkbox"
        className={styles.tick}
        tabIndex={-1}
        aria-label={label(name[at] ?? "")}
        checked={ticking.has(slot[at] ?? "")}
        onChange={(event) => ticking.onTick(slot[at] ?? "", (event.nativeEvent as MouseEvent).shiftKey)}
      />
    ),
  };
}

function buttonColumn({ fleet, project, onActions, t }: Needs): Column {
  const { slot, name } = { slot: fleet.containers.text("slot"), name: fleet.containers.text("name") };
  const dockLabel = saidOf((of) => t("dock.openOf", { name: of }));
  const actionsLabel = saidOf((of) => t("actions.title", { name: of }));
  return {
    id: "buttons",
    label: t("list.actions"),
    width: "48px",
    isLate: true,
    head: <span className="sr-only">{t("list.actions")}</span>,
    cell: (at) => {
      const target = { project, id: slot[at] ?? "", name: name[at] ?? "" };
      return (
        <span className={styles.rowButtons}>
          <RowButton label={dockLabel(target.name)} onClick={() => openInDock(target)}>
            {DOCK}
          </RowButton>
          <RowButton label={actionsLabel(target.name)} onClick={() => onActions(target.id)}>
            {DOTS}
          </RowButton>
        </span>
      );
    },
  };
}

function RowButton(props: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className={styles.rowButton}
      tabIndex={-1}
      aria-label={props.label}
      onPointerEnter={(event) => (event.currentTarget.title = props.label)}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** One drawing for each state: a row that is in the same one as before is not drawn anew for it. */
function drawingsOf(t: TFunction): (state: string) => ReactNode {
  const drawings = new Map<string, ReactNode>();
  return (state) => {
    if (!drawings.has(state)) drawings.set(state, containerMark(state, t));
    return drawings.get(state);
  };
}

function whatColumns({ fleet, project, t }: Needs): Column[] {
  const table = fleet.containers;
  const drawingOf = drawingsOf(t);
  return [
    {
      id: "state",
      label: t("column.state"),
      width: "112px",
      sortBy: "state",
      cell: (at) => drawingOf(table.text("state")[at] ?? ""),
    },
    {
      id: "name",
      label: t("column.name"),
      width: "minmax(150px, 1.6fr)",
      sortBy: "name",
      cell: (at) =>
        rowLink(
          hrefOf(ROUTES.container, { project, id: table.text("slot")[at] ?? "" }),
          table.text("name")[at],
        ),
    },
    {
      id: "host",
      label: t("column.host"),
      width: "minmax(80px, 0.8fr)",
      sortBy: "host",
      cell: (at) => hostName(table.text("host")[at] ?? ""),
    },
  ];
}

function hostName(name: string): ReactNode {
  if (name === "") return <span className="soft">–</span>;
  return rowLink(hrefOf(ROUTES.host, { name }), name);
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
      isLate: true,
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

function whereColumns({ fleet, hosts, t }: Needs): Column[] {
  const table = fleet.containers;
  const addresses = new Map(hosts.map((host) => [host.name, host.data_address]));
  return [
    {
      id: "ports",
      label: t("column.ports"),
      width: "minmax(90px, 0.9fr)",
      isLate: true,
      cell: (at) => (
        <PortLinks
          tabIndex={-1}
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
      isLate: true,
      cell: (at) => <span className="mono soft">{shortImage(table.text("image")[at] ?? "")}</span>,
      whole: (at) => table.text("image")[at],
    },
    {
      id: "age",
      label: t("column.age"),
      width: "48px",
      sortBy: "created",
      isNumber: true,
      isLate: true,
      cell: (at) => <Age since_ms={table.num("created")[at] ?? NaN} />,
    },
    {
      id: "message",
      label: t("column.message"),
      width: "minmax(120px, 1.8fr)",
      isLate: true,
      cell: (at) => <span className="soft">{table.text("message")[at] || table.text("reason")[at]}</span>,
    },
  ];
}
