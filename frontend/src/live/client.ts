/**
 * The one socket of the console: opens it, keeps it open, says how fresh the picture is, and hands each frame to the
 * subscription it belongs to. What a frame means is the subscriber's business.
 */
import { type BeatFrame, type Frame, frameBytes, readFrame, type SubFrame } from "./frames";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const STALE_AFTER_MS = 5_000;
/** A socket this silent is half open: another one is tried. */
const DEAD_AFTER_MS = 15_000;
const WATCH_MS = 1_000;
const DEFAULT_WINDOW_BYTES = 1_048_576;

export type Freshness = "connecting" | "live" | "stale" | "offline";

export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface Request {
  topic: string;
  project?: string | null;
  tail?: number;
}

export interface Sink {
  onFrame(frame: SubFrame, handle: Handle): void;
  /** Before the first frame of every (re)subscription. */
  onStart?(): void;
  onBeat?(frame: BeatFrame, handle: Handle): void;
}

export interface Handle {
  close(): void;
  /** Drops the subscription and asks again: frames still under way for the old one are ignored. */
  renew(): void;
}

interface Subscription {
  id: number;
  request: Request;
  sink: Sink;
  handle: Handle;
}

export class LiveClient {
  freshness: Freshness = "connecting";
  /** When the last frame came, by performance.now(); null before the first. */
  heardAt: number | null = null;
  private socket: Socket | null = null;
  private isOpen = false;
  private isStopped = true;
  private received_bytes = 0;
  private acked_bytes = 0;
  private window_bytes = DEFAULT_WINDOW_BYTES;
  private retry_ms = FIRST_RETRY_MS;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setInterval> | undefined;
  private nextId = 1;
  private readonly subscriptions = new Map<number, Subscription>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly open: () => Socket,
    private readonly chance: () => number = Math.random,
  ) {}

  start(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.watchTimer = setInterval(() => this.watch(), WATCH_MS);
    this.connect();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.watchTimer);
    clearTimeout(this.retryTimer);
    this.drop();
  }

  /** Connects now instead of after the back-off. */
  retry(): void {
    if (this.isStopped || this.isOpen) return;
    clearTimeout(this.retryTimer);
    this.drop();
    this.connect();
  }

  onFreshness = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  subscribe(request: Request, sink: Sink): Handle {
    const subscription: Subscription = {
      id: 0,
      request,
      sink,
      handle: { close: () => this.unsubscribe(subscription), renew: () => this.renew(subscription) },
    };
    this.ask(subscription);
    return subscription.handle;
  }

  private ask(subscription: Subscription): void {
    subscription.id = this.nextId;
    this.nextId += 1;
    this.subscriptions.set(subscription.id, subscription);
    subscription.sink.onStart?.();
    if (this.isOpen) this.send({ op: "sub", id: subscription.id, ...subscription.request });
  }

  private renew(subscription: Subscription): void {
    if (!this.subscriptions.has(subscription.id)) return;
    this.unsubscribe(subscription);
    this.ask(subscription);
  }

  private unsubscribe(subscription: Subscription): void {
    if (!this.subscriptions.delete(subscription.id)) return;
    if (this.isOpen) this.send({ op: "unsub", id: subscription.id });
  }

  private connect(): void {
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.receive(event.data);
    };
    socket.onclose = () => this.closed();
  }

  private opened(): void {
    this.isOpen = true;
    this.heardAt = performance.now();
    this.received_bytes = 0;
    this.acked_bytes = 0;
    const waiting = [...this.subscriptions.values()];
    this.subscriptions.clear();
    for (const subscription of waiting) this.ask(subscription);
  }

  private closed(): void {
    this.drop();
    this.become("offline");
    if (this.isStopped) return;
    const delay_ms = this.retry_ms * (0.5 + this.chance() / 2);
    this.retry_ms = Math.min(this.retry_ms * 2, LAST_RETRY_MS);
    this.retryTimer = setTimeout(() => this.connect(), delay_ms);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.isOpen = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private receive(text: string): void {
    this.received_bytes += frameBytes(text);
    this.heardAt = performance.now();
    const frame = readFrame(text);
    if (frame) this.route(frame);
    this.become("live");
    if (this.received_bytes - this.acked_bytes >= this.window_bytes / 8) this.acknowledge();
  }

  private route(frame: Frame): void {
    if (frame.t === "hello") {
      this.window_bytes = frame.window;
      this.retry_ms = FIRST_RETRY_MS;
      return;
    }
    if (frame.t === "beat" && frame.sub === undefined) {
      for (const { sink, handle } of [...this.subscriptions.values()]) sink.onBeat?.(frame, handle);
      return;
    }
    const subscription = this.subscriptions.get(frame.sub ?? -1);
    if (!subscription) return;
    if (frame.t === "beat") subscription.sink.onBeat?.(frame, subscription.handle);
    else if (frame.t === "resync") subscription.handle.renew();
    else subscription.sink.onFrame(frame, subscription.handle);
  }

  private watch(): void {
    if (!this.isOpen) return;
    if (this.received_bytes > this.acked_bytes) this.acknowledge();
    const silent_ms = this.heardAt === null ? 0 : performance.now() - this.heardAt;
    if (silent_ms > DEAD_AFTER_MS) this.closed();
    else if (silent_ms > STALE_AFTER_MS) this.become("stale");
  }

  private acknowledge(): void {
    this.acked_bytes = this.received_bytes;
    this.send({ op: "ack", bytes: this.received_bytes });
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private become(freshness: Freshness): void {
    if (this.freshness === freshness) return;
    this.freshness = freshness;
    for (const listener of this.listeners) listener();
  }
}
