import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { OrchestraEvent } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { EventObject } from "@/shared/ui/EventObject";
import { LevelMark } from "@/shared/ui/Status";
import styles from "./Events.module.css";

const ROW_PX = 28;
/** So near to the end the next page is asked for. */
const NEAR_END_PX = 400;

interface Props {
  rows: readonly OrchestraEvent[];
  /** How many wait above, while the list is held. */
  fresh: number;
  isHeld: boolean;
  onHold: (isHeld: boolean) => void;
  onEnd: (() => void) | undefined;
}

/** A virtual list of events. Scrolled away from its top it stands still and says how many came. */
export function EventRows({ rows, fresh, isHeld, onHold, onEnd }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    if (element.scrollTop > 0 !== isHeld) onHold(element.scrollTop > 0);
    const left_px = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (element.scrollTop > 0 && left_px < NEAR_END_PX) onEnd?.();
  };
  const heads = (["at", "level", "kind", "object", "actor", "message"] as const).map((name) =>
    t(`events.${name}`),
  );
  return (
    <div className={styles.frame}>
      {isHeld && (
        <Button
          className={styles.pill}
          size="compact-xs"
          radius="xl"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          {t("history.paused", { count: fresh })}
        </Button>
      )}
      <div
        ref={scroller}
        className={styles.scroller}
        role="table"
        aria-label={t("nav.events")}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" className={styles.cells} aria-rowindex={1}>
            {heads.map((head) => (
              <span key={head} role="columnheader">
                {head}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map((item) => {
            const event = rows[item.index];
            return event && <Row key={item.key} event={event} index={item.index} top_px={item.start} />;
          })}
        </div>
      </div>
    </div>
  );
}

function Row({ event, index, top_px }: { event: OrchestraEvent; index: number; top_px: number }) {
  const { t } = useTranslation();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`${styles.cells ?? ""} ${styles.row ?? ""}`}
      data-level={event.level}
      style={{ transform: `translateY(${top_px}px)` }}
    >
      <time role="cell" className="soft" dateTime={event.at}>
        {showMoment(event.at)}
      </time>
      <span role="cell">
        <LevelMark level={event.level} word={t(`level.${event.level}`)} />
      </span>
      <span role="cell" className="mono truncate" title={event.kind}>
        {event.kind}
      </span>
      <span role="cell" className="truncate">
        <EventObject event={event} />
      </span>
      <span role="cell" className="mono soft truncate" title={event.actor}>
        {event.actor}
      </span>
      <span role="cell" className="truncate" title={event.message}>
        {event.message}
      </span>
    </div>
  );
}
