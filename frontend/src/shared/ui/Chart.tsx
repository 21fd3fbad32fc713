import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./Chart.module.css";

interface Props {
  label: string;
  /** Milliseconds since 1970, rising. */
  at: readonly number[];
  values: readonly number[];
  show: (value: number) => string;
  /** The axis never ends below this. */
  least: number;
  syncKey: string;
  /** Bytes: marks stand at powers of two. */
  isBinary?: boolean;
}

const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);
const HEIGHT_PX = 180;
const Y_AXIS_PX = 64;
const LEAST_SPAN_S = 120;

/** One live line over time. The plot is made once and fed; it is made anew only when the theme changes. */
export function Chart({ label, at, values, show, least, syncKey, isBinary = false }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme("light");
  const showRef = useRef(show);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = new uPlot(
      options({ element, least, syncKey, isBinary, show: (v) => showRef.current(v) }),
      [[], []],
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, least, syncKey, isBinary]);

  useEffect(() => {
    plot.current?.setData(spread(at, values));
  }, [at, values, scheme]);

  const last = values.at(-1);
  const text = last === undefined ? label : `${label}: ${show(last)}`;
  return <div ref={frame} className={styles.chart} role="img" aria-label={text} />;
}

/** A single reading has no stretch of time: it gets one that ends with it. */
function spread(at: readonly number[], values: readonly number[]): uPlot.AlignedData {
  const seconds = at.map((ms) => ms / 1000);
  const [first] = seconds;
  if (seconds.length !== 1 || first === undefined) return [seconds, [...values]];
  return [
    [first - LEAST_SPAN_S, first],
    [null, ...values],
  ];
}

interface Wishes {
  element: HTMLElement;
  least: number;
  syncKey: string;
  isBinary: boolean;
  show: (value: number) => string;
}

function options({ element, least, syncKey, isBinary, show }: Wishes): uPlot.Options {
  const css = getComputedStyle(element);
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--soft"),
    font: `11px ${colour("--font")}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { sync: { key: syncKey }, y: false },
    // A few readings stand at the right of a stretch of time, not spread over the whole plot.
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - LEAST_SPAN_S), max] },
      y: { range: (_, __, max) => [0, Math.max(least, (Number.isFinite(max) ? max : 0) * 1.1)] },
    },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map((s) => new Date(s * 1000).toLocaleTimeString("de")) },
      {
        ...axis,
        size: Y_AXIS_PX,
        values: (_, marks) => marks.map(show),
        ...(isBinary ? { incrs: BINARY_STEPS } : {}),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--bar-used"),
        width: 1.5,
        fill: `${colour("--bar-used")}22`,
        points: { show: (plot) => plot.data[1]?.[0] === null },
      },
    ],
  };
}
