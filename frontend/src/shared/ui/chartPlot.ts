/** How a plot is drawn: colours from the page, one scale, lines by their look, marks as dashed verticals. */
import uPlot from "uplot";

export type LineLook = "used" | "reserved" | "limit";

export interface ChartLine {
  label: string;
  values: readonly (number | null)[];
  look: LineLook;
  isLevel?: boolean;
}

/** Something that happened at a moment: a restart, a host that was lost. */
export interface ChartMark {
  at_ms: number;
  label: string;
  isBad: boolean;
}

interface Wishes {
  element: HTMLElement;
  looks: readonly LineLook[];
  least: number;
  syncKey: string;
  isBinary: boolean;
  height_px: number;
  show: (value: number) => string;
  marks: () => readonly ChartMark[];
  onCursor: (index: number | null) => void;
}

const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);
const Y_AXIS_PX = 62;
const LEAST_SPAN_S = 120;
const SECONDS_BELOW_S = 600;

export const LOOK_COLOUR: Record<LineLook, string> = {
  used: "--bar-used",
  reserved: "--mute",
  limit: "--wait",
};
const LOOK_DASH: Record<LineLook, number[] | undefined> = {
  used: undefined,
  reserved: [5, 4],
  limit: [2, 3],
};

export function plotOptions(wishes: Wishes): uPlot.Options {
  const { element, least, isBinary } = wishes;
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
    height: wishes.height_px,
    legend: { show: false },
    cursor: { sync: { key: wishes.syncKey }, y: false, drag: { x: true, y: false } },
    scales: {
      // A few readings stand at the right of a stretch of time, not spread over the whole plot.
      x: { range: (_, min, max) => [Math.min(min, max - LEAST_SPAN_S), max] },
      y: { range: (_, __, max) => [0, Math.max(least, (Number.isFinite(max) ? max : 0) * 1.1)] },
    },
    axes: [
      { ...axis, space: 64, size: 30, values: (_, seconds) => clockTimes(seconds) },
      {
        ...axis,
        size: Y_AXIS_PX,
        space: 26,
        values: (_, places) => places.map(wishes.show),
        ...(isBinary ? { incrs: BINARY_STEPS } : {}),
      },
    ],
    series: [{}, ...wishes.looks.map((look) => lineSeries(look, colour(LOOK_COLOUR[look])))],
    hooks: {
      setCursor: [(plot) => wishes.onCursor(plot.cursor.idx ?? null)],
      draw: [(plot) => drawMarks(plot, wishes.marks(), colour)],
    },
  };
}

function lineSeries(look: LineLook, stroke: string): uPlot.Series {
  const dash = LOOK_DASH[look];
  return {
    stroke,
    width: look === "used" ? 1.5 : 1,
    ...(look === "used" ? { fill: `${stroke}22` } : {}),
    ...(dash ? { dash } : {}),
    // A reading that stands alone is a point: a line needs two.
    points: { show: look === "used" ? isAlone : false, size: 4 },
  };
}

function isAlone(plot: uPlot): boolean {
  const values = plot.data[1] ?? [];
  let readings = 0;
  for (const value of values) if (value != null && (readings += 1) > 1) return false;
  return readings === 1;
}

function clockTimes(seconds: readonly number[]): string[] {
  const span_s = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  const two = (value: number): string => String(value).padStart(2, "0");
  return seconds.map((second) => {
    const at = new Date(second * 1000);
    const parts = [at.getHours(), at.getMinutes(), ...(span_s < SECONDS_BELOW_S ? [at.getSeconds()] : [])];
    return parts.map(two).join(":");
  });
}

function drawMarks(plot: uPlot, marks: readonly ChartMark[], colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at_ms / 1000, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(mark.isBad ? "--bad" : "--soft");
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 4, bbox.top);
    ctx.lineTo(x + 4, bbox.top);
    ctx.lineTo(x, bbox.top + 6);
    ctx.fill();
  }
  ctx.restore();
}
