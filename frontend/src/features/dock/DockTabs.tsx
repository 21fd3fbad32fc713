import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { dock, type DockState, type DockTab, neighbour, withoutTab } from "@/shared/lib/dock";
import { useFleet } from "@/shared/live/hooks";
import { ContainerStatus } from "@/shared/ui/Status";
import styles from "./Dock.module.css";

/** One tab stop: the arrows go from tab to tab, Delete closes one. */
export function DockTabs({ state }: { state: DockState }) {
  const { t } = useTranslation();
  const show = (id: string | null): void => {
    if (id === null) return;
    dock.set({ ...state, active: id, isOpen: true });
    document.getElementById(`dock-tab-${id}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowRight") show(neighbour(state, 1));
    else if (event.key === "ArrowLeft") show(neighbour(state, -1));
    else if (event.key === "Delete" && state.active !== null) {
      const next = withoutTab(state, state.active);
      dock.set(next);
      requestAnimationFrame(() => document.getElementById(`dock-tab-${next.active}`)?.focus());
    } else return;
    event.preventDefault();
  };
  return (
    <div className={styles.tabs} role="tablist" aria-label={t("dock.label")} onKeyDown={onKeyDown}>
      {state.tabs.map((tab) => (
        <Tab key={tab.id} state={state} tab={tab} onShow={() => show(tab.id)} />
      ))}
    </div>
  );
}

function Tab({ state, tab, onShow }: { state: DockState; tab: DockTab; onShow: () => void }) {
  const { fleet } = useFleet();
  const position = fleet.containers.find(tab.id);
  const isActive = tab.id === state.active;
  return (
    <button
      type="button"
      id={`dock-tab-${tab.id}`}
      role="tab"
      aria-selected={isActive}
      aria-controls={`dock-panel-${tab.id}`}
      tabIndex={isActive ? 0 : -1}
      className={styles.tab}
      title={`${tab.project} / ${tab.name}`}
      onClick={onShow}
      onAuxClick={() => dock.set(withoutTab(state, tab.id))}
    >
      {position !== undefined && (
        <ContainerStatus state={fleet.containers.text("state")[position] ?? "unknown"} />
      )}
      <span className="mono truncate">{tab.name}</span>
    </button>
  );
}
