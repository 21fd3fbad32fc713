/** The columns of the list of services: each reads one field of one row where it stands. */
import { IconDots } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ServiceTable } from "@/live/fleet";
import type { RolloutStatus } from "@/shared/api/types";
import { shortImage, showAge } from "@/shared/lib/format";
import { hrefOf, ROUTES } from "@/shared/lib/paths";
import type { Column } from "@/shared/ui/grid";
import { rowLink } from "@/shared/ui/rowLink";
import { RolloutMark, ServiceStatus } from "@/shared/ui/Status";
import { Progress } from "./Progress";
import { underWay } from "./rules";
import styles from "./Services.module.css";

interface Needs {
  table: ServiceTable;
  project: string;
  now_ms: number;
  onActions: (id: string) => void;
  t: TFunction;
}

export function serviceColumns(needs: Needs): Column[] {
  return [...whatColumns(needs), ...howColumns(needs), buttonColumn(needs)];
}

function whatColumns({ table, project, t }: Needs): Column[] {
  const [ids, names, states] = [table.text("id"), table.text("name"), table.text("state")];
  const [ready, wanted] = [table.num("ready"), table.num("desired_count")];
  return [
    {
      id: "state",
      label: t("column.state"),
      width: "108px",
      sortBy: "state",
      cell: (at) => <ServiceStatus state={states[at] ?? ""} />,
    },
    {
      id: "name",
      label: t("column.name"),
      width: "minmax(140px, 1.2fr)",
      sortBy: "name",
      cell: (at) => rowLink(hrefOf(ROUTES.service, { project, id: ids[at] ?? "" }), names[at]),
    },
    {
      id: "ready",
      label: t("services.column.ready"),
      width: "70px",
      sortBy: "ready",
      isNumber: true,
      cell: (at) => (
        <span className={styles.ready} data-short={(ready[at] ?? 0) < (wanted[at] ?? 0)}>
          {ready[at]} / {wanted[at]}
        </span>
      ),
    },
    {
      id: "image",
      label: t("column.image"),
      width: "minmax(120px, 1.2fr)",
      sortBy: "image",
      cell: (at) => (
        <span className="mono soft">
          {shortImage(table.text("image")[at] ?? "")} · r{table.num("revision")[at]}
        </span>
      ),
      whole: (at) => table.text("image")[at],
    },
  ];
}

function howColumns({ table, now_ms, t }: Needs): Column[] {
  return [
    {
      id: "rollout",
      label: t("services.column.rollout"),
      width: "minmax(150px, 1fr)",
      sortBy: "rollout",
      cell: (at) => <RolloutCell table={table} at={at} />,
    },
    {
      id: "message",
      label: t("column.message"),
      width: "minmax(140px, 2fr)",
      cell: (at) => <span className="soft">{table.text("message")[at]}</span>,
    },
    {
      id: "age",
      label: t("column.age"),
      width: "48px",
      sortBy: "created",
      isNumber: true,
      cell: (at) => <span className="soft">{showAge(now_ms - (table.num("created")[at] ?? NaN))}</span>,
    },
  ];
}

/** While one is under way how far it is; else the word it ended with, when it did not end well. */
function RolloutCell({ table, at }: { table: ServiceTable; at: number }) {
  const status = table.text("rollout")[at] ?? "";
  if (underWay(status as RolloutStatus) !== "") {
    const [done, total] = [table.num("rollout_done")[at] ?? 0, table.num("rollout_total")[at] ?? 0];
    return <Progress done={done} total={total} isMoving={status === "running"} />;
  }
  if (status === "failed" || status === "rolled-back") return <RolloutMark status={status} />;
  return <span className="soft">–</span>;
}

function buttonColumn({ table, onActions, t }: Needs): Column {
  return {
    id: "buttons",
    label: t("list.actions"),
    width: "24px",
    head: <span className="sr-only">{t("list.actions")}</span>,
    cell: (at) => {
      const label = t("actions.title", { name: table.text("name")[at] ?? "" });
      return (
        <button
          type="button"
          className={styles.rowButton}
          tabIndex={-1}
          aria-label={label}
          onPointerEnter={(event) => (event.currentTarget.title = label)}
          onClick={() => onActions(table.text("id")[at] ?? "")}
        >
          <IconDots size={15} stroke={1.6} aria-hidden />
        </button>
      );
    },
  };
}
