/**
 * Draws tiles on a canvas: number = failed, bar = CPU, cross = down, dashes = draining, outline = cordoned. With ghosts
 * (containers that are only supposed) the bar is the CPU that is booked, and the number how many would land there.
 */
import type { HostTable } from "@/live/fleet";
import { isDown, placeOf, type Tiles } from "@/live/hostMap";
import type { MapMetric } from "../lib/paths";

/** From so many failed containers on one host, the host itself is likely the trouble. */
const MANY_FAILED = 3;
const BAR_PX = 6;
const LOUDEST = 0.92;

interface Paint {
  hosts: HostTable;
  positions: readonly number[];
  tiles: Tiles;
  metric: MapMetric;
  /** The tile under the pointer. */
  marked: number | null;
  /** The name of the host that is open below the map. */
  open: string | undefined;
  ghosts: ReadonlyMap<string, number> | undefined;
}

interface Colours {
  tile: string;
  bar: string;
  warn: string;
  warnText: string;
  bad: string;
  badText: string;
  edge: string;
  ramp: string;
  ghost: string;
  text: string;
  mono: string;
}

export function drawTiles(canvas: HTMLCanvasElement, paint: Paint): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const ratio = window.devicePixelRatio || 1;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const colours = readColours(canvas);
  pen.textBaseline = "middle";
  for (const [index, at] of paint.positions.entries()) drawTile(pen, { paint, colours, index, at });
}

function readColours(element: Element): Colours {
  const css = getComputedStyle(element);
  const read = (name: string): string => css.getPropertyValue(name).trim();
  return {
    tile: read("--tile"),
    bar: read("--tile-bar"),
    warn: read("--tile-warn"),
    warnText: read("--tile-warn-text"),
    bad: read("--tile-bad"),
    badText: read("--tile-bad-text"),
    edge: read("--tile-edge"),
    ramp: read("--bar-used"),
    ghost: read("--link"),
    text: read("--text"),
    mono: read("--mono"),
  };
}

interface One {
  paint: Paint;
  colours: Colours;
  index: number;
  at: number;
}

function drawTile(pen: CanvasRenderingContext2D, one: One): void {
  const { paint, colours, index, at } = one;
  const { tiles, hosts, metric } = paint;
  const { x, y } = placeOf(tiles, index);
  const down = isDown(hosts.text("state")[at] ?? "");
  const failed = paint.ghosts ? 0 : hosts.num("failed")[at] || 0;
  const isBad = metric === "hosts" && (down || failed >= MANY_FAILED);
  const isWarned = metric === "hosts" && failed > 0;
  pen.fillStyle = isBad ? colours.bad : isWarned ? colours.warn : colours.tile;
  pen.fillRect(x, y, tiles.width, tiles.height);
  if (metric === "hosts") drawBar(pen, one, x, y);
  else drawRamp(pen, one, x, y);
  const ink = isBad ? colours.badText : isWarned ? colours.warnText : colours.text;
  if (tiles.hasName) drawName(pen, one, ink);
  drawSign(pen, one, { ink, down, failed });
  drawEdge(pen, one);
  drawGhosts(pen, one);
}

function share(hosts: HostTable, at: number, metric: MapMetric | "booked"): number {
  const of =
    metric === "memory"
      ? (["memory_used", "memory_capacity"] as const)
      : ([metric === "booked" ? "cpu_reserved" : "cpu_used", "cpu_capacity"] as const);
  const part = (hosts.num(of[0])[at] ?? NaN) / (hosts.num(of[1])[at] ?? NaN);
  return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : NaN;
}

function drawBar(pen: CanvasRenderingContext2D, { paint, colours, at }: One, x: number, y: number): void {
  const { hosts, tiles } = paint;
  const part = share(hosts, at, paint.ghosts ? "booked" : "cpu");
  const isSigned = !paint.ghosts && (hosts.num("failed")[at] || 0) > 0;
  if (Number.isNaN(part) || isSigned || isDown(hosts.text("state")[at] ?? "")) return;
  pen.fillStyle = colours.bar;
  if (tiles.hasName) pen.fillRect(x, y + tiles.height - BAR_PX, tiles.width * part, BAR_PX);
  else pen.fillRect(x, y + tiles.height * (1 - part * 0.8), tiles.width, tiles.height * part * 0.8);
}

/** One hue, lighter to fuller. */
function drawRamp(pen: CanvasRenderingContext2D, { paint, colours, at }: One, x: number, y: number): void {
  const part = share(paint.hosts, at, paint.metric);
  if (Number.isNaN(part)) return;
  pen.globalAlpha = part * LOUDEST;
  pen.fillStyle = colours.ramp;
  pen.fillRect(x, y, paint.tiles.width, paint.tiles.height);
  pen.globalAlpha = 1;
}

function drawName(pen: CanvasRenderingContext2D, { paint, colours, index, at }: One, ink: string): void {
  const { x, y } = placeOf(paint.tiles, index);
  pen.fillStyle = ink;
  pen.font = `12px ${colours.mono}`;
  pen.textAlign = "left";
  const name = paint.hosts.text("name")[at] ?? "";
  pen.fillText(name.length > 14 ? `${name.slice(0, 13)}…` : name, x + 8, y + 15);
}

interface Sign {
  ink: string;
  down: boolean;
  failed: number;
}

function drawSign(
  pen: CanvasRenderingContext2D,
  { paint, colours, index }: One,
  { ink, down, failed }: Sign,
): void {
  const { tiles } = paint;
  const { x, y } = placeOf(tiles, index);
  const size = tiles.height >= 26 ? 12 : 10;
  const [middleX, middleY] = tiles.hasName
    ? [x + tiles.width - 12, y + 15]
    : [x + tiles.width / 2, y + tiles.height / 2 + 0.5];
  if (down) {
    pen.strokeStyle = paint.metric === "hosts" ? ink : colours.bad;
    pen.lineWidth = 2;
    const arm = size / 3;
    pen.beginPath();
    pen.moveTo(middleX - arm, middleY - arm);
    pen.lineTo(middleX + arm, middleY + arm);
    pen.moveTo(middleX + arm, middleY - arm);
    pen.lineTo(middleX - arm, middleY + arm);
    pen.stroke();
  } else if (failed > 0 && paint.metric === "hosts") {
    pen.fillStyle = ink;
    pen.textAlign = "center";
    pen.font = `600 ${size}px ${colours.mono}`;
    pen.fillText(failed > 99 ? "99" : String(failed), middleX, middleY);
  }
}

function drawEdge(pen: CanvasRenderingContext2D, { paint, colours, index, at }: One): void {
  const { tiles, hosts } = paint;
  const availability = hosts.text("availability")[at] ?? "";
  const isMarked = paint.marked === index || hosts.text("name")[at] === paint.open;
  const isSuspect = hosts.text("state")[at] === "suspect";
  if (availability === "active" && !isMarked && !isSuspect) return;
  const { x, y } = placeOf(tiles, index);
  pen.strokeStyle = isMarked ? colours.text : colours.edge;
  pen.lineWidth = 2;
  pen.setLineDash(availability === "draining" && !isMarked ? [3, 2] : []);
  pen.strokeRect(x + 1, y + 1, tiles.width - 2, tiles.height - 2);
  pen.setLineDash([]);
}

const GHOST_PX = 8;

/** What would land here: a dashed outline and a number, and on large tiles a dashed square for each. */
function drawGhosts(pen: CanvasRenderingContext2D, { paint, colours, index, at }: One): void {
  const { tiles, hosts, ghosts } = paint;
  const count = ghosts?.get(hosts.text("name")[at] ?? "") ?? 0;
  if (count === 0) return;
  const { x, y } = placeOf(tiles, index);
  pen.strokeStyle = pen.fillStyle = colours.ghost;
  pen.globalAlpha = 0.22;
  pen.fillRect(x, y, tiles.width, tiles.height);
  pen.globalAlpha = 1;
  pen.lineWidth = 1.5;
  pen.setLineDash([3, 2]);
  pen.strokeRect(x + 1, y + 1, tiles.width - 2, tiles.height - 2);
  const most = tiles.hasName ? Math.floor((tiles.width - 16) / (GHOST_PX + 3)) : 0;
  pen.lineWidth = 1;
  pen.setLineDash([2, 1.5]);
  for (let number = 0; number < Math.min(count, most); number += 1)
    pen.strokeRect(x + 8.5 + number * (GHOST_PX + 3), y + 23.5, GHOST_PX, GHOST_PX);
  pen.setLineDash([]);
  pen.fillStyle = colours.text;
  pen.textAlign = tiles.hasName ? "right" : "center";
  pen.font = `600 ${tiles.hasName ? 12 : 10}px ${colours.mono}`;
  const [textX, textY] = tiles.hasName
    ? [x + tiles.width - 6, y + 15]
    : [x + tiles.width / 2, y + tiles.height / 2 + 0.5];
  pen.fillText(tiles.hasName ? `+${count}` : count > 99 ? "99" : String(count), textX, textY);
}
