import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLine } from "@/live/frames";
import { readSpans } from "../lib/ansi";
import { showCount, showMoment } from "../lib/format";
import { FilterBox } from "./FilterBox";
import styles from "./LogLines.module.css";

const LINE_PX = 18;
const AT_END_PX = 24;

interface Props {
  lines: readonly LogLine[];
  /** Lines let go from the top. */
  dropped: number;
  revision: number;
  note: string | null;
  isFollowing: boolean;
}

/** A virtual log. It follows only at its end; scrolling up pauses and counts what is new. */
export function LogLines({ lines, dropped, revision, note, isFollowing }: Props) {
  const { t, i18n } = useTranslation();
  const [search, setSearch] = useState("");
  const needle = search.toLowerCase();
  // The buffer is changed in place; its revision says when.
  const shown = useMemo(
    () => (needle === "" ? [...lines] : lines.filter((line) => line.text.toLowerCase().includes(needle))),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [lines, revision, needle],
  );
  const total = dropped + lines.length;
  const follow = useFollow(shown.length, total);
  const count = showCount(needle === "" ? total : shown.length, i18n.language);
  return (
    <>
      <div className={styles.bar}>
        <FilterBox
          label={t("logs.search")}
          placeholder={t("logs.search")}
          value={search}
          onChange={setSearch}
        />
        <span className="soft">{t("logs.lines", { lines: count })}</span>
        {note !== null && <span className="soft">{note}</span>}
        <span className={styles.end}>
          {follow.isAtEnd ? (
            isFollowing && <span className={styles.following}>{t("logs.following")}</span>
          ) : (
            <Button size="compact-xs" onClick={follow.toEnd}>
              {t("logs.paused", { count: follow.fresh })}
            </Button>
          )}
        </span>
      </div>
      <div
        ref={follow.scroller}
        className={styles.log}
        role="log"
        aria-live="off"
        aria-label={t("tab.logs")}
        tabIndex={0}
        onScroll={follow.onScroll}
      >
        <div className={styles.lines} style={{ height: follow.rows.getTotalSize() }}>
          {follow.rows.getVirtualItems().map((item) => {
            const line = shown[item.index];
            return line && <Line key={item.key} line={line} top_px={item.start} />;
          })}
        </div>
      </div>
    </>
  );
}

function Line({ line, top_px }: { line: LogLine; top_px: number }) {
  return (
    <div className={styles.line} data-stream={line.stream} style={{ transform: `translateY(${top_px}px)` }}>
      {line.at !== null && <span className={styles.at}>{showMoment(line.at)}</span>}
      {readSpans(line.text).map((span, index) => (
        <span key={index} data-colour={span.colour ?? undefined} data-bold={span.isBold || undefined}>
          {span.text}
        </span>
      ))}
    </div>
  );
}

function useFollow(count: number, total: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [pausedAt, setPausedAt] = useState(0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useEffect(() => {
    const element = scroller.current;
    if (isAtEnd && element) element.scrollTop = element.scrollHeight;
  }, [isAtEnd, count, total]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    const isNowAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (isNowAtEnd === isAtEnd) return;
    setAtEnd(isNowAtEnd);
    setPausedAt(total);
  };
  return {
    scroller,
    rows,
    isAtEnd,
    onScroll,
    fresh: Math.max(0, total - pausedAt),
    toEnd: () => setAtEnd(true),
  };
}
