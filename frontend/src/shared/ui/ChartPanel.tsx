import { useState } from "react";
import { Chart } from "./Chart";
import styles from "./Chart.module.css";
import type { Span } from "./chartData";
import type { ChartLine, ChartMark } from "./chartPlot";
import { Panel } from "./Panel";

interface Props {
  title: string;
  at: readonly number[];
  lines: readonly ChartLine[];
  show: (value: number) => string;
  least: number;
  syncKey: string;
  span?: Span | undefined;
  marks?: readonly ChartMark[];
  isBinary?: boolean;
  height_px?: number;
}

const NEAR_SHARE = 0.012;

/** A plot with its legend: the last values, or those under the cursor with their moment and what happened there. */
export function ChartPanel({ title, at, lines, show, span, marks, ...rest }: Props) {
  const [cursor, setCursor] = useState<number | null>(null);
  const index = cursor !== null && cursor >= 0 && cursor < at.length ? cursor : null;
  const moment = index === null ? undefined : at[index];
  const near = (marks ?? []).filter(
    (mark) =>
      moment !== undefined &&
      span &&
      Math.abs(mark.at_ms - moment) < (span.to_ms - span.from_ms) * NEAR_SHARE,
  );
  return (
    <Panel title={title} isFlush>
      <Chart
        label={title}
        {...{ at, lines, show, span, ...rest }}
        {...(marks ? { marks } : {})}
        onCursor={setCursor}
      />
      <div className={styles.foot}>
        <span className={styles.legend}>
          {lines.map((line) => (
            <span key={line.label} className={styles.key}>
              <span className={styles.swatch} data-look={line.look} aria-hidden="true" />
              {line.label}{" "}
              <strong>{shown(index === null ? lastOf(line.values) : line.values[index], show)}</strong>
            </span>
          ))}
        </span>
        <span className={styles.moment}>
          {near.length > 0 && `${near.map((mark) => mark.label).join(", ")} · `}
          {moment !== undefined && new Date(moment).toLocaleTimeString("de")}
        </span>
      </div>
    </Panel>
  );
}

function lastOf(values: readonly (number | null)[]): number | null | undefined {
  return values.findLast((value) => value !== null);
}

function shown(value: number | null | undefined, show: (value: number) => string): string {
  return value == null ? "–" : show(value);
}
