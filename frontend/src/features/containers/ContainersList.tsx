import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Sort } from "@/live/compare";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { openInDock } from "@/shared/lib/dock";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import { type ContainerTab, ROUTES } from "@/shared/lib/paths";
import { useFleet } from "@/shared/live/hooks";
import { Grid } from "@/shared/ui/Grid";
import type { ShownOrder } from "@/shared/ui/useListOrder";
import { BulkBar } from "./BulkBar";
import { BulkResult } from "./BulkResult";
import { containerColumns } from "./columns";
import styles from "./List.module.css";
import { ObjectActions } from "./ObjectActions";
import { Peek } from "./Peek";
import { factsOf } from "./rowFacts";
import { rememberOrder } from "./siblings";
import { extend, shownState, type Ticks, toggle, toggleAll } from "./ticks";
import type { SetTicks } from "./useTicks";

const NO_HOSTS: readonly Host[] = [];

interface Props {
  project: string;
  order: ShownOrder;
  sort: Sort;
  onSort: (sort: Sort) => void;
  ticks: Ticks;
  setTicks: SetTicks;
  peek: string | undefined;
  onPeek: (slot: string | undefined) => void;
  onHold: (isHeld: boolean) => void;
  /** Closes what lies over the list; false when nothing does. */
  onEscape: () => boolean;
}

/** The rows, what is ticked of them, one of them beside the list, and what can be done with each and with all. */
export function ContainersList(props: Props) {
  const { project, order, ticks, setTicks, peek, onPeek, onEscape } = props;
  const { t } = useTranslation();
  const [selected, setSelected] = useState<string | null>(peek ?? null);
  const [acted, setActed] = useState<string | null>(null);
  const rows = useRows(order.positions);
  const go = useGo(project, rows.slots);
  const select = (slot: string): void => {
    setSelected(slot);
    if (peek !== undefined && peek !== slot) onPeek(slot);
  };
  useListKeys({ ...props, selected, rows, go, onActions: setActed });
  // Before the grid sees it, which would let go of the focus.
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !onEscape()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        className={styles.body}
        data-empty={order.positions.length === 0}
        onKeyDownCapture={onKeyDownCapture}
      >
        <div className={styles.list}>
          <Rows {...props} rows={rows} selected={selected} onSelect={select} onActions={setActed} go={go} />
        </div>
        {peek !== undefined && (
          <Peek key={peek} project={project} id={peek} onClose={() => onPeek(undefined)} />
        )}
      </div>
      <BulkResult project={project} />
      <BulkBar
        project={project}
        ticks={ticks}
        setTicks={setTicks}
        hidden={rows.hiddenOf(ticks)}
        nameOf={rows.nameOf}
      />
      {acted !== null && (
        <ObjectActions
          key={acted}
          target={{ project, id: acted, name: rows.nameOf(acted), facts: rows.factsOf(acted) }}
          isOpen
          onClose={() => setActed(null)}
          onTab={(tab) => go(acted, tab)}
        />
      )}
      <span className="sr-only" role="status">
        {peek !== undefined && t("peek.open", { name: rows.nameOf(peek) })}
      </span>
    </>
  );
}

type RowReader = ReturnType<typeof useRows>;

/** The rows by id. A name that was read once is known also when its row has gone. */
function useRows(positions: Int32Array) {
  const { fleet } = useFleet();
  const [names] = useState(() => new Map<string, string>());
  // The reader stays the same while the order changes: what is made with it need not be made anew then.
  const latest = useRef(positions);
  latest.current = positions;
  const table = fleet.containers;
  return useMemo(() => {
    const slots = (): string[] => {
      const values = table.text("slot");
      return Array.from(latest.current, (at) => values[at] ?? "");
    };
    const nameOf = (slot: string): string => {
      const at = table.find(slot);
      if (at !== undefined) names.set(slot, table.text("name")[at] ?? slot);
      return names.get(slot) ?? slot;
    };
    return {
      slots,
      nameOf,
      alive: () => slots().filter((slot) => table.find(slot) !== undefined),
      factsOf: (slot: string) => factsOf(table, slot),
      /** How many of the ticked ones are not shown. */
      hiddenOf: ({ ids }: Ticks) => {
        if (ids.size === 0) return 0;
        const shown = new Set(slots());
        return [...ids].filter((id) => !shown.has(id)).length;
      },
    };
  }, [table, names]);
}

type Go = (id: string, tab?: ContainerTab) => void;

function useGo(project: string, slots: () => string[]): Go {
  const navigate = useNavigate();
  return (id, tab) => {
    rememberOrder(project, slots());
    void navigate({ to: ROUTES.container, params: { project, id }, search: tab ? { tab } : {} });
  };
}

interface RowsProps extends Props {
  rows: RowReader;
  selected: string | null;
  onSelect: (slot: string) => void;
  onActions: (slot: string) => void;
  go: Go;
}

function Rows(props: RowsProps) {
  const { project, order, ticks, setTicks, rows, selected } = props;
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const { data: hosts } = useQuery(hostsQuery);
  const slots = fleet.containers.text("slot");
  const { onActions } = props;
  const shown = ticks.ids.size === 0 ? "none" : shownState(ticks, rows.alive());
  // Another array draws every row again, so there is one only when all of them may look different.
  const columns = useMemo(() => {
    const ticking = {
      has: (slot: string) => ticks.ids.has(slot),
      shown,
      onTick: (slot: string, isRange: boolean) =>
        setTicks((now) => (isRange ? extend(now, rows.slots(), slot, slot) : toggle(now, slot))),
      onAll: () => setTicks((now) => toggleAll(now, rows.alive())),
    };
    return containerColumns({ fleet, hosts: hosts ?? NO_HOSTS, project, ticking, onActions, t });
  }, [fleet, hosts, project, ticks, shown, setTicks, rows, onActions, t]);
  return (
    <Grid
      label={t("containers.title")}
      columns={columns}
      positions={order.positions}
      asked={order.asked}
      keyOf={(position) => slots[position] ?? ""}
      isGone={(position) => !fleet.containers.isAlive(position)}
      versionOf={(position) => fleet.containers.versionOf(position)}
      sort={props.sort}
      onSort={props.onSort}
      selected={selected}
      onSelect={props.onSelect}
      onOpen={(id) => props.go(id)}
      onExtend={(from, to) => setTicks((now) => extend(now, rows.slots(), from, to))}
      onHold={props.onHold}
    />
  );
}

interface KeyNeeds extends Props {
  selected: string | null;
  rows: RowReader;
  go: Go;
  onActions: (slot: string) => void;
}

/** Keys for the row that is selected; with none selected they are nobody's. */
function useListKeys({ project, setTicks, peek, onPeek, selected, rows, go, onActions }: KeyNeeds): void {
  const forRow =
    (act: (slot: string) => void) =>
    (event: globalThis.KeyboardEvent): boolean => {
      if (selected === null || isPressed(event)) return false;
      act(selected);
      return true;
    };
  useKeys(
    bind("list", {
      peek: forRow((slot) => onPeek(peek === slot ? undefined : slot)),
      tick: forRow((slot) => setTicks((now) => toggle(now, slot))),
      all: () => setTicks((now) => toggleAll(now, rows.alive())),
      actions: forRow(onActions),
      logs: forRow((slot) => go(slot, "logs")),
      metrics: forRow((slot) => go(slot, "metrics")),
      why: forRow((slot) => go(slot, "why")),
      dock: forRow((slot) => openInDock({ project, id: slot, name: rows.nameOf(slot) })),
    }),
  );
}

/** Space presses what has the focus, where that can be pressed. */
function isPressed(event: globalThis.KeyboardEvent): boolean {
  return (
    event.key === " " &&
    event.target instanceof Element &&
    event.target.closest("a, button, input, summary, [role=tab]") !== null
  );
}
