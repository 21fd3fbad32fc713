/**
 * The words of /ws/live. The socket client reads a frame here and hands it to whoever asked for it; a frame that is
 * not one of these is dropped, so that an older console survives a newer server.
 */

export type Cell = string | number | boolean | null;
export type Columns = Record<string, readonly Cell[]>;
export type FleetKind = "containers" | "hosts" | "services";

interface OfStream {
  sub: number;
  epoch: string;
  seq: number;
  kind: FleetKind;
  rows: readonly number[];
}

export interface HelloFrame {
  t: "hello";
  window: number;
  heartbeat_s: number;
}
export interface SnapFrame extends OfStream {
  t: "snap";
  offset: number;
  cols: Columns;
  last: boolean;
}
export interface AddFrame extends OfStream {
  t: "add";
  cols: Columns;
}
export interface DeltaFrame extends OfStream {
  t: "d";
  ts: number;
  cols: Columns;
}
export interface DelFrame extends OfStream {
  t: "del";
}
export interface BeatFrame {
  t: "beat";
  sub?: number;
  seq: number;
  ts: number;
}
export interface ObjectFrame {
  t: "obj";
  sub: number;
  object: unknown;
}
export interface EventFrame {
  t: "event";
  sub: number;
  event: unknown;
}
export interface LogLine {
  stream: string;
  at: string | null;
  text: string;
}
export interface LogFrame {
  t: "log";
  sub: number;
  lines: readonly LogLine[];
}
export interface LogEndFrame {
  t: "logend";
  sub: number;
  reason: string;
}
export interface ResyncFrame {
  t: "resync";
  sub: number;
}
export interface ErrorFrame {
  t: "error";
  sub?: number;
  code: string;
  message: string;
}

export type FleetFrame = SnapFrame | AddFrame | DeltaFrame | DelFrame;
export type SubFrame =
  FleetFrame | ObjectFrame | EventFrame | LogFrame | LogEndFrame | ResyncFrame | ErrorFrame;
export type Frame = HelloFrame | BeatFrame | SubFrame;

const KNOWN = new Set<string>([
  "hello",
  "snap",
  "add",
  "d",
  "del",
  "beat",
  "obj",
  "event",
  "log",
  "logend",
  "resync",
  "error",
] satisfies Frame["t"][]);

export function readFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("t" in value)) return null;
  return typeof value.t === "string" && KNOWN.has(value.t) ? (value as Frame) : null;
}

/** Bytes of a text frame as the server counts them: UTF-8. */
export function frameBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      bytes += 2; // a pair of units becomes four bytes
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}
