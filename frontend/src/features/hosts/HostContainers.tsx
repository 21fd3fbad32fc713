import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { compareBy } from "@/live/compare";
import { arrange } from "@/live/order";
import { shortImage, showCpuShare, showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useFleet } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ContainerStatus } from "@/shared/ui/Status";

const MOST_ROWS = 200;

/** What stands on this host, of the projects this console shows. */
export function HostContainers({ name }: { name: string }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const table = fleet.containers;
  const hosts = table.text("host");
  const byName = compareBy(table, { column: "name", descending: false });
  const found = arrange(table, { test: (at) => hosts[at] === name, compare: byName });
  const rows = [...found.subarray(0, MOST_ROWS)].map((at) => {
    const slot = table.text("slot")[at] ?? "";
    return {
      key: slot,
      cells: [
        <ContainerStatus key="state" state={table.text("state")[at] ?? ""} />,
        <Link
          key="name"
          className="mono"
          to={ROUTES.container}
          params={{ project: table.text("project")[at] ?? "default", id: slot }}
        >
          {table.text("name")[at]}
        </Link>,
        showCpuShare(table.num("cpu_millis")[at]),
        showMemory(table.num("memory_bytes")[at]),
        <span key="image" className="mono soft">
          {shortImage(table.text("image")[at] ?? "")}
        </span>,
        table.text("message")[at],
      ],
    };
  });
  const heads = [
    t("column.state"),
    t("column.name"),
    t("column.cpu"),
    t("column.memory"),
    t("column.image"),
    t("column.message"),
  ];
  return (
    <Panel title={t("containers.title")} note={String(found.length)} isFlush>
      {rows.length === 0 ? (
        <EmptyState title={t("hosts.noContainers")} />
      ) : (
        <SimpleTable label={t("containers.title")} heads={heads} rows={rows} />
      )}
    </Panel>
  );
}
