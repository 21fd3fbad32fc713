import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveClient, type Sink, type Socket } from "./client";

class Wire implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.isClosed = true;
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

let wires: Wire[] = [];
const HELLO = { t: "hello", window: 800, heartbeat_s: 2 };

function connected(sink: Sink = { onFrame: () => undefined }): { client: LiveClient; wire: Wire } {
  const client = new LiveClient(
    () => {
      const wire = new Wire();
      wires.push(wire);
      return wire;
    },
    () => 1,
  );
  client.subscribe({ topic: "fleet", project: "default" }, sink);
  client.start();
  const wire = last();
  wire.onopen?.();
  wire.say(HELLO);
  return { client, wire };
}

function last(): Wire {
  const wire = wires.at(-1);
  if (!wire) throw new Error("no socket was opened");
  return wire;
}

beforeEach(() => {
  wires = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
});
afterEach(() => void vi.useRealTimers());

test("subscribes on open and routes frames to the subscription they name", () => {
  const frames: unknown[] = [];
  const { wire } = connected({ onFrame: (frame) => frames.push(frame) });
  expect(wire.sent[0]).toEqual({ op: "sub", id: 2, topic: "fleet", project: "default" });
  wire.say({ t: "obj", sub: 2, object: { version: 1 } });
  wire.say({ t: "obj", sub: 99, object: { version: 1 } });
  wire.say({ t: "something-newer", sub: 1 });
  expect(frames).toEqual([{ t: "obj", sub: 2, object: { version: 1 } }]);
});

test("a resync asks again under a new number and ignores what was under way", () => {
  const onFrame = vi.fn();
  const { wire } = connected({ onFrame });
  wire.say({ t: "resync", sub: 2 });
  expect(wire.sent.slice(1)).toEqual([
    { op: "unsub", id: 2 },
    { op: "sub", id: 3, topic: "fleet", project: "default" },
  ]);
  wire.say({ t: "obj", sub: 2, object: {} });
  expect(onFrame).not.toHaveBeenCalled();
});

test("acknowledges bytes as UTF-8, at an eighth of the window and with the clock", () => {
  const { wire } = connected();
  const hello = JSON.stringify(HELLO).length;
  wire.say({ t: "error", code: "x", message: "ü€😀".repeat(20) });
  const text = JSON.stringify({ t: "error", code: "x", message: "ü€😀".repeat(20) });
  expect(wire.sent.at(-1)).toEqual({ op: "ack", bytes: hello + new TextEncoder().encode(text).length });
  wire.say({ t: "beat", seq: 0, ts: 1 });
  const count = wire.sent.length;
  vi.advanceTimersByTime(1_000);
  expect(wire.sent.length).toBe(count + 1);
});

test("turns stale after 5 s of silence, live with the next frame, and gives a silent socket up", () => {
  const { client, wire } = connected();
  expect(client.freshness).toBe("live");
  vi.advanceTimersByTime(6_100);
  expect(client.freshness).toBe("stale");
  wire.say({ t: "beat", seq: 0, ts: 1 });
  expect(client.freshness).toBe("live");
  vi.advanceTimersByTime(17_000);
  expect(client.freshness).toBe("offline");
  expect(wires.length).toBe(2);
});

test("reconnects with a back-off of 0.5 to 15 s and subscribes again", () => {
  connected();
  const delays: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const before = wires.length;
    last().onclose?.({ code: 1006 });
    let waited_ms = 0;
    while (wires.length === before) {
      vi.advanceTimersByTime(100);
      waited_ms += 100;
    }
    delays.push(waited_ms);
  }
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  last().onopen?.();
  expect(last().sent[0]).toMatchObject({ op: "sub", topic: "fleet" });
  last().say(HELLO);
  last().onclose?.({ code: 1012 });
  const before = wires.length;
  vi.advanceTimersByTime(500);
  expect(wires.length).toBe(before + 1);
});

test("stop closes and stays closed; retry does not wait for the back-off", () => {
  const { client, wire } = connected();
  wire.onclose?.({ code: 1006 });
  client.retry();
  expect(wires.length).toBe(2);
  client.stop();
  expect(last().isClosed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(wires.length).toBe(2);
});
