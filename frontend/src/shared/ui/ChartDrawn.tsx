import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useShownScheme } from "../lib/scheme";
import styles from "./Chart.module.css";
import { columnsOf, type Span } from "./chartData";
import { type ChartLine, type ChartMark, plotOptions } from "./chartPlot";

export interface ChartProps {
  label: string;
  /** Milliseconds since 1970, rising. */
  at: readonly number[];
  lines: readonly ChartLine[];
  show: (value: number) => string;
  /** The axis never ends below this. */
  least: number;
  /** Plots of one key share their cursor and their zoom. */
  syncKey: string;
  /** The stretch of time that is shown; left out: from the first to the last reading. */
  span?: Span | undefined;
  marks?: readonly ChartMark[];
  /** Bytes: marks stand at powers of two. */
  isBinary?: boolean;
  height_px?: number;
  /** The reading under the cursor, which may be another plot's; null: none is. */
  onCursor?: (index: number | null) => void;
}

const NO_MARKS: readonly ChartMark[] = [];

/** Lines over time. The plot is made once and fed; made anew only when theme or lines change. Dragging zooms. */
export default function ChartDrawn(props: ChartProps) {
  const { label, at, lines, show, least, syncKey, span, isBinary = false, height_px = 0 } = props;
  const { marks = NO_MARKS, onCursor } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useShownScheme();
  const now = useRef({ show, marks, onCursor, at, span });
  useEffect(() => {
    now.current = { show, marks, onCursor, at, span };
  });
  const looks = lines.map((line) => line.look).join(" ");

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = new uPlot(
      plotOptions({
        ...{ element, least, syncKey, isBinary, height_px },
        looks: looks.split(" ") as ChartLine["look"][],
        show: (value) => now.current.show(value),
        marks: () => now.current.marks,
        onCursor: (index) => {
          const { at: times, span: shown, onCursor: tell } = now.current;
          const hasHead =
            times.length === 1 || (shown !== undefined && shown.from_ms < (times[0] ?? Infinity));
          tell?.(index === null ? null : index - Number(hasHead));
        },
      }),
      [[], ...looks.split(" ").map(() => [])],
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: height_px }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, looks, least, syncKey, isBinary, height_px]);

  useEffect(() => {
    if (plot.current) feed(plot.current, columnsOf(at, lines, span));
  }, [at, lines, span, marks, scheme, looks, least, syncKey, isBinary, height_px]);

  const said = lines.map((line) => {
    const last = line.values.at(-1);
    return last == null ? line.label : `${line.label} ${show(last)}`;
  });
  return <div ref={frame} className={styles.chart} role="img" aria-label={`${label}: ${said.join(", ")}`} />;
}

/** New readings; a stretch that somebody has zoomed to stays. */
function feed(plot: uPlot, columns: uPlot.AlignedData): void {
  const { min, max } = plot.scales["x"] ?? {};
  const [before] = plot.data;
  const isZoomed =
    before.length > 1 && min != null && max != null && (min > (before[0] ?? 0) || max < (before.at(-1) ?? 0));
  plot.setData(columns, !isZoomed);
  if (isZoomed) plot.setScale("x", { min, max });
}
