import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { clampHeight, dock, type DockState, withoutTab } from "@/shared/lib/dock";
import { useKeys } from "@/shared/lib/keys";
import { useStore } from "@/shared/lib/store";
import styles from "./Dock.module.css";
import { DockLog } from "./DockLog";
import { DockTabs } from "./DockTabs";
import { Divider } from "./Divider";

/** Logs at the foot of the console. They stay, and go on, wherever one goes above them. */
export function Dock() {
  const { t } = useTranslation();
  const state = useStore(dock);
  const section = useRef<HTMLElement>(null);
  useDockKey(state, section);
  if (state.tabs.length === 0) return null;
  const height_px = clampHeight(state.height_px, window.innerHeight);
  return (
    <section
      ref={section}
      className={styles.dock}
      aria-label={t("dock.label")}
      data-open={state.isOpen}
      style={state.isOpen ? { height: height_px } : undefined}
      onKeyDown={leaveOnEscape}
    >
      {state.isOpen && <Divider height_px={height_px} />}
      <div className={styles.bar}>
        <DockTabs state={state} />
        <Buttons state={state} />
      </div>
      <div className={styles.panels}>
        {state.tabs.map((tab) => (
          <div
            key={tab.id}
            id={`dock-panel-${tab.id}`}
            role="tabpanel"
            aria-labelledby={`dock-tab-${tab.id}`}
            className={styles.panel}
            data-active={state.isOpen && tab.id === state.active}
          >
            <DockLog tab={tab} />
          </div>
        ))}
      </div>
    </section>
  );
}

/** Back to the page above; the dock stays. */
function leaveOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  document.querySelector("main")?.focus();
}

/** `D` folds and unfolds; unfolded by key, the log on top has the focus. */
function useDockKey(state: DockState, section: React.RefObject<HTMLElement | null>): void {
  const wantsFocus = useRef(false);
  useKeys({
    D: () => {
      if (state.tabs.length === 0) return false;
      wantsFocus.current = !state.isOpen;
      dock.set({ ...state, isOpen: !state.isOpen });
      return true;
    },
  });
  useEffect(() => {
    if (!wantsFocus.current || !state.isOpen) return;
    wantsFocus.current = false;
    section.current?.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
  });
}

function Buttons({ state }: { state: DockState }) {
  const { t } = useTranslation();
  const active = state.tabs.find((tab) => tab.id === state.active);
  const fold = state.isOpen ? t("dock.fold") : t("dock.unfold");
  const icon = { size: 16, stroke: 1.6 };
  return (
    <div className={styles.buttons}>
      {active && (
        <Tooltip label={t("dock.close", { name: active.name })}>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--text)"
            aria-label={t("dock.close", { name: active.name })}
            onClick={() => dock.set(withoutTab(state, active.id))}
          >
            <IconX {...icon} />
          </ActionIcon>
        </Tooltip>
      )}
      <Tooltip label={`${fold} (Shift d)`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--text)"
          aria-label={fold}
          aria-expanded={state.isOpen}
          onClick={() => dock.set({ ...state, isOpen: !state.isOpen })}
        >
          {state.isOpen ? <IconChevronDown {...icon} /> : <IconChevronUp {...icon} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
