import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { compareBy } from "@/live/compare";
import { arrange } from "@/live/order";
import { showMemory } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { HostStatus } from "@/shared/ui/Status";
import { CONTAINER_LOOK, CONTAINER_RANK, isContainerState } from "@/shared/ui/status";
import styles from "./Overview.module.css";
import { showShare } from "@/shared/lib/share";

const DRAW_MS = 400;
const MOST_CELLS = 400;

/** The second level of the map: one host, and each of its containers as a cell, trouble first. */
export function HostCells({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { hosts, containers } = useCalmFleet(DRAW_MS);
  const at = hosts.find(name);
  const places = containers.text("host");
  const states = containers.text("state");
  const found = arrange(containers, {
    test: (position) => places[position] === name,
    compare: compareBy(containers, { column: "state", descending: false }, CONTAINER_RANK),
  });
  const value = (column: Parameters<typeof hosts.num>[0]): number => hosts.num(column)[at ?? -1] ?? NaN;
  return (
    <section className={styles.cellsPart} aria-label={t("overview.cells", { name })} data-testid="cells">
      <header className={styles.cellsHead}>
        <Link className="mono" to={ROUTES.host} params={{ name }}>
          {name}
        </Link>
        {at !== undefined && <HostStatus state={hosts.text("state")[at] ?? ""} />}
        <span className="soft">
          {at === undefined
            ? t("hosts.missing")
            : [
                t("overview.tipContainers", { count: found.length, failed: value("failed") || 0 }),
                `${t("column.cpu")} ${showShare(value("cpu_used"), value("cpu_capacity"))}`,
                `${t("column.memory")} ${showMemory(value("memory_used"))} / ${showMemory(value("memory_capacity"))}`,
              ].join(" · ")}
        </span>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          className={styles.cellsClose}
          aria-label={t("common.close")}
          onClick={onClose}
        >
          <IconX size={14} />
        </ActionIcon>
      </header>
      <div className={styles.cells}>
        {[...found.subarray(0, MOST_CELLS)].map((position) => {
          const slot = containers.text("slot")[position] ?? "";
          const state = states[position] ?? "";
          const words = `${containers.text("name")[position] ?? ""}: ${isContainerState(state) ? t(`state.${state}`) : state}`;
          return (
            <Link
              key={slot}
              className={styles.cell}
              data-tone={isContainerState(state) ? CONTAINER_LOOK[state].tone : "mute"}
              to={ROUTES.container}
              params={{ project: containers.text("project")[position] ?? "default", id: slot }}
              aria-label={words}
              title={words}
            />
          );
        })}
      </div>
    </section>
  );
}
