/**
 * The fleet as the console knows it: containers, hosts and services, built from the frames of one stream. Decides when a frame
 * cannot be used (a gap, another epoch) and a fresh snapshot must be asked for. Comes after the socket client, before
 * the order of a list.
 */
import type { FleetFrame, FleetKind, SnapFrame } from "./frames";
import { type Readings, UsageHistory } from "./history";
import { fleetUsage } from "./summary";
import { Table } from "./table";

/** Hosts are measured every ten seconds. */
const RECORD_MS = 10_000;
/** No slot has this name: under it stands what all hosts use together. */
const ALL = "";

export const CONTAINER_COLUMNS = {
  slot: "text",
  id: "text",
  name: "text",
  project: "text",
  host: "text",
  status: "text",
  state: "text",
  health: "text",
  cpu_millis: "num",
  memory_bytes: "num",
  memory_limit_bytes: "num",
  image: "text",
  reason: "text",
  message: "text",
  attempt: "num",
  since: "num",
  created: "num",
  ports: "text",
  desired: "text",
  service: "text",
  generation: "num",
} as const;

export const HOST_COLUMNS = {
  id: "text",
  name: "text",
  state: "text",
  availability: "text",
  cpu_capacity: "num",
  memory_capacity: "num",
  cpu_reserved: "num",
  memory_reserved: "num",
  cpu_used: "num",
  memory_used: "num",
  containers: "num",
  failed: "num",
  engine: "text",
  since: "num",
  zone: "text",
  url: "text",
} as const;

export const SERVICE_COLUMNS = {
  id: "text",
  name: "text",
  mode: "text",
  replicas: "num",
  desired_count: "num",
  ready: "num",
  live: "num",
  state: "text",
  revision: "num",
  image: "text",
  rollout: "text",
  rollout_done: "num",
  rollout_total: "num",
  message: "text",
  paused: "num",
  version: "num",
  created: "num",
} as const;

export type ContainerTable = Table<typeof CONTAINER_COLUMNS>;
export type HostTable = Table<typeof HOST_COLUMNS>;
export type ServiceTable = Table<typeof SERVICE_COLUMNS>;

/** Painted at once whatever was before, at once, with the next tick, never (it is known), or asked for anew. */
export type Outcome = "whole" | "urgent" | "quiet" | "known" | "gap";

export class Fleet {
  // A row stands for a slot: a restart is a new attempt in the same line of the list.
  readonly containers: ContainerTable = new Table(CONTAINER_COLUMNS, "slot");
  readonly hosts: HostTable = new Table(HOST_COLUMNS, "name");
  readonly services: ServiceTable = new Table(SERVICE_COLUMNS, "id");
  readonly usage = new UsageHistory();
  epoch: string | null = null;
  seq = 0;
  private behindAt: number | null = null;
  private recordedAt = -Infinity;
  private readonly complete = new Set<FleetKind>();
  /** A first snapshot may be some seconds old: true once what followed it is in, too. */
  isCurrent = false;

  /** True once the first snapshot is in; a later one is laid over what is shown. */
  isReady(kind: FleetKind): boolean {
    return this.complete.has(kind);
  }

  /** How many kinds of rows are there. */
  get ready_count(): number {
    return this.complete.size;
  }

  accept(frame: FleetFrame): Outcome {
    if (frame.t === "snap") return this.takeSnapshot(frame);
    if (frame.epoch !== this.epoch) return "gap";
    if (frame.seq <= this.seq) return "known";
    if (frame.seq !== this.seq + 1) return "gap";
    this.seq = frame.seq;
    const table = this.table(frame.kind);
    if (frame.t === "add") table.put(frame.rows, frame.cols);
    else if (frame.t === "del") table.remove(frame.rows);
    else {
      return table.change(frame.rows, frame.cols) ? "urgent" : "quiet";
    }
    return "urgent";
  }

  /**
   * A beat repeats the number of the last frame. Frames may still be on their way behind it, so that only a second
   * beat which finds us at the same place means that some were lost.
   */
  beat(seq: number, ts: number): Outcome {
    this.recordUsage(ts);
    const isBehind = this.epoch !== null && seq > this.seq;
    const isStuck = isBehind && this.behindAt === this.seq;
    this.behindAt = isBehind ? this.seq : null;
    if (!isBehind && !this.isCurrent && this.complete.size > 0) {
      this.isCurrent = true;
      return "whole";
    }
    return isStuck ? "gap" : "known";
  }

  /** What all hosts used together, as far as this console has seen it. */
  usageOfAll(): Readings {
    return this.usage.read(ALL);
  }

  private takeSnapshot(frame: SnapFrame): Outcome {
    const table = this.table(frame.kind);
    const newEpoch = frame.epoch !== this.epoch;
    if (newEpoch) {
      this.epoch = frame.epoch;
      this.seq = frame.seq;
      this.containers.beginSnapshot(true);
      this.hosts.beginSnapshot(true);
      this.services.beginSnapshot(true);
    } else if (frame.offset === 0) table.beginSnapshot(false);
    this.seq = Math.max(this.seq, frame.seq);
    table.put(frame.rows, frame.cols);
    if (!frame.last) return "quiet"; // nothing is shown of a first one; a later one shows what has changed so far
    table.endSnapshot();
    this.complete.add(frame.kind);
    return "whole";
  }

  /** A line in a plot is time going on: a reading that stays the same is a reading too. */
  private recordUsage(ts: number): void {
    if (ts - this.recordedAt < RECORD_MS) return;
    this.recordedAt = ts;
    const table = this.containers;
    const [slots, cpu, memory] = [table.text("slot"), table.num("cpu_millis"), table.num("memory_bytes")];
    this.usage.begin(ts, table.count);
    for (let at = 0; at < table.end; at += 1) {
      const used = cpu[at] ?? NaN;
      if (table.isAlive(at) && !Number.isNaN(used))
        this.usage.record(slots[at] ?? "", used, memory[at] ?? NaN);
    }
    const all = fleetUsage(this);
    if (all.cpu_capacity > 0) this.usage.record(ALL, all.cpu_used, all.memory_used);
  }

  private table(kind: FleetKind): Table<Record<string, "num" | "text">> {
    return this[kind] as unknown as Table<Record<string, "num" | "text">>;
  }
}
