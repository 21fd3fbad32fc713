import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLine } from "@/live/frames";
import { readSpans } from "../lib/ansi";
import { showCount, showMoment } from "../lib/format";
import { cutAt, logText, type LogView, saveText, visibleLines } from "../lib/logView";
import { useWrap } from "../lib/wrap";
import { useNow } from "../live/hooks";
import styles from "./LogLines.module.css";
import { LogLinesBar } from "./LogLinesBar";

const LINE_PX = 18;
const AT_END_PX = 24;
const SINCE_STEP_MS = 10_000;

interface Props {
  /** Whose log it is: what a screen reader says, and the name of a saved file. */
  name: string;
  lines: readonly LogLine[];
  /** Lines let go from the top. */
  dropped: number;
  revision: number;
  note: string | null;
  isFollowing: boolean;
  view: LogView;
  onView: (view: LogView) => void;
  /** It is what the page is about: `/` goes to its search from anywhere. */
  isMain?: boolean;
}

/** A virtual log. It follows only at its end; scrolling up pauses and counts what is new. */
export function LogLines(props: Props) {
  const { name, lines, dropped, revision, note, isFollowing, view, onView, isMain = false } = props;
  const { t, i18n } = useTranslation();
  const { isWrapped, setWrapped } = useWrap();
  const now_ms = useNow(SINCE_STEP_MS);
  // The buffer is changed in place; its revision says when.
  const shown = useMemo(
    () => visibleLines(lines, view, now_ms),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [lines, revision, view.find, view.since, view.since === undefined ? 0 : now_ms],
  );
  const isAll = view.find === undefined && view.since === undefined;
  const total = dropped + lines.length;
  const follow = useFollow({ count: shown.length, total, isWrapped });
  const search = useRef<HTMLInputElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Here, and not at the window: with the focus in this log its own search is meant.
    if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.current?.focus();
  };
  return (
    <div className={styles.whole} onKeyDown={onKeyDown}>
      <LogLinesBar
        search={search}
        isMain={isMain}
        view={view}
        onView={onView}
        count={t("logs.lines", { lines: showCount(isAll ? total : shown.length, i18n.language) })}
        note={note}
        isWrapped={isWrapped}
        onWrap={setWrapped}
        onSave={() => saveText(`${name}.log`, logText(shown))}
        isFollowing={isFollowing}
        follow={follow}
      />
      <div
        ref={follow.scroller}
        className={styles.log}
        role="log"
        aria-live="off"
        aria-label={t("logs.of", { name })}
        tabIndex={0}
        data-wrapped={isWrapped}
        onScroll={follow.onScroll}
      >
        <div className={styles.lines} style={{ height: follow.rows.getTotalSize() }}>
          {follow.rows.getVirtualItems().map((item) => {
            const line = shown[item.index];
            const at = { transform: `translateY(${item.start}px)` };
            return (
              line && (
                <div
                  key={item.key}
                  ref={isWrapped ? follow.rows.measureElement : undefined}
                  data-index={item.index}
                  data-stream={line.stream}
                  className={styles.line}
                  style={at}
                >
                  <Line line={line} needle={view.find?.toLowerCase() ?? ""} />
                </div>
              )
            );
          })}
        </div>
        {shown.length === 0 && <Nothing isAll={lines.length === 0} isFollowing={isFollowing} />}
      </div>
    </div>
  );
}

/** Says why there is nothing to read: not a line was written, or none fits what was searched for. */
function Nothing({ isAll, isFollowing }: { isAll: boolean; isFollowing: boolean }) {
  const { t } = useTranslation();
  if (!isAll) return <p className={styles.none}>{t("logs.noneShown")}</p>;
  return <p className={styles.empty}>{t(isFollowing ? "logs.nothingYet" : "logs.none")}</p>;
}

const Line = memo(function Line({ line, needle }: { line: LogLine; needle: string }) {
  return (
    <>
      {line.at !== null && <span className={styles.at}>{showMoment(line.at)}</span>}
      {readSpans(line.text).map((span, index) => (
        <span key={index} data-colour={span.colour ?? undefined} data-bold={span.isBold || undefined}>
          {cutAt(span.text, needle).map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part))}
        </span>
      ))}
    </>
  );
});

export type Follow = ReturnType<typeof useFollow>;

function useFollow({ count, total, isWrapped }: { count: number; total: number; isWrapped: boolean }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [pausedAt, setPausedAt] = useState(0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useEffect(() => rows.measure(), [rows, isWrapped]);
  const height_px = rows.getTotalSize();
  useEffect(() => {
    const element = scroller.current;
    if (isAtEnd && element) element.scrollTop = element.scrollHeight;
  }, [isAtEnd, count, total, height_px]);
  const isAtEndNow = useRef(isAtEnd);
  isAtEndNow.current = isAtEnd;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (isAtEndNow.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const pause = (): void => {
    setAtEnd(false);
    setPausedAt(total);
  };
  const lastTop = useRef(0);
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    const isUp = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    const isNowAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (isNowAtEnd && !isAtEnd && !isUp) setAtEnd(true);
    // Only going up pauses: lines that grow while they are measured move the end, not the reader.
    else if (!isNowAtEnd && isAtEnd && isUp) pause();
  };
  const toEnd = (): void => setAtEnd(true);
  return { scroller, rows, isAtEnd, onScroll, pause, toEnd, fresh: Math.max(0, total - pausedAt) };
}
