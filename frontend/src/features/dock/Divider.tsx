import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { clampHeight, dock, heightByKey, LEAST_HEIGHT_PX, mostHeight } from "@/shared/lib/dock";
import styles from "./Dock.module.css";

/** The upper edge of the dock: drawn by the pointer, or moved by the arrows, Home and End. */
export function Divider({ height_px }: { height_px: number }) {
  const { t } = useTranslation();
  const set = (wanted_px: number): void =>
    dock.set({ ...dock.get(), height_px: clampHeight(wanted_px, window.innerHeight) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = heightByKey(event.key, height_px, window.innerHeight);
    if (next === null) return;
    event.preventDefault();
    set(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) set(window.innerHeight - event.clientY);
  };
  return (
    <div
      className={styles.divider}
      role="separator"
      aria-orientation="horizontal"
      aria-label={t("dock.height")}
      aria-valuenow={height_px}
      aria-valuemin={LEAST_HEIGHT_PX}
      aria-valuemax={mostHeight(window.innerHeight)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}
