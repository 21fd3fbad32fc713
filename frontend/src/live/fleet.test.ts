import { expect, test } from "vitest";
import { Fleet } from "./fleet";
import type { Cell, Columns, FleetFrame, FleetKind } from "./frames";

/** A small true server: it holds rows, speaks frames, and can be asked for a fresh snapshot at any time. */
class Server {
  epoch = 1;
  seq = 0;
  nextRow = 1;
  rows = new Map<number, Record<string, Cell>>();

  constructor(private readonly chance: () => number) {}

  snapshot(kind: FleetKind): FleetFrame[] {
    const all = kind === "containers" ? [...this.rows] : [];
    const chunks: FleetFrame[] = [];
    for (let offset = 0; offset === 0 || offset < all.length; offset += 3) {
      const part = all.slice(offset, offset + 3);
      const cols = columnsOf(part.map(([, value]) => value));
      const rows = part.map(([row]) => row);
      const last = offset + 3 >= all.length;
      chunks.push({
        t: "snap",
        sub: 1,
        epoch: String(this.epoch),
        seq: this.seq,
        kind,
        offset,
        rows,
        cols,
        last,
      });
    }
    return chunks;
  }

  step(): FleetFrame | null {
    const dice = this.chance();
    if (dice < 0.02) {
      this.restart();
      return null;
    }
    const rows = [...this.rows.keys()];
    const row = rows[Math.floor(this.chance() * rows.length)];
    if (dice < 0.35 || row === undefined) return this.add(`slot-${Math.floor(this.chance() * 12)}`);
    if (dice < 0.55) return this.del(row);
    return this.change(row);
  }

  private restart(): void {
    this.epoch += 1;
    this.seq = 0;
    const values = [...this.rows.values()];
    this.rows = new Map(values.map((value) => [this.nextRow++, value]));
  }

  /** A slot that is there already gets a new attempt: added first, the old row deleted by a later step or never seen again. */
  private add(slot: string): FleetFrame {
    for (const [row, value] of this.rows) if (value["slot"] === slot) this.rows.delete(row);
    const row = this.nextRow++;
    const value = { slot, id: `id-${row}`, name: slot, state: "pending", cpu_millis: null, attempt: row };
    this.rows.set(row, value);
    return { ...this.head("containers"), t: "add", rows: [row], cols: columnsOf([value]) };
  }

  private del(row: number): FleetFrame {
    this.rows.delete(row);
    return { ...this.head("containers"), t: "del", rows: [row] };
  }

  private change(row: number): FleetFrame {
    const part: Record<string, Cell> =
      this.chance() < 0.5 ? { state: `s${Math.floor(this.chance() * 3)}` } : { cpu_millis: this.seq };
    this.rows.set(row, { ...this.rows.get(row), ...part });
    return { ...this.head("containers"), t: "d", ts: 1, rows: [row], cols: columnsOf([part]) };
  }

  private head(kind: FleetKind) {
    this.seq += 1;
    return { sub: 1, epoch: String(this.epoch), seq: this.seq, kind };
  }
}

function columnsOf(values: Record<string, Cell>[]): Columns {
  const names = Object.keys(values[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, values.map((value) => value[name] ?? null)]));
}

function seen(fleet: Fleet): string[] {
  const table = fleet.containers;
  const found: string[] = [];
  for (let at = 0; at < table.end; at += 1) {
    if (!table.isAlive(at)) continue;
    const cpu = table.num("cpu_millis")[at] ?? NaN;
    found.push(
      [
        table.text("slot")[at],
        table.text("id")[at],
        table.text("state")[at],
        Number.isNaN(cpu) ? null : cpu,
      ].join(),
    );
  }
  return found.sort();
}

function truth(server: Server): string[] {
  return [...server.rows.values()]
    .map((v) => [v["slot"], v["id"], v["state"], v["cpu_millis"]].join())
    .sort();
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function stuck(fleet: Fleet, seq: number): boolean {
  fleet.beat(seq, 1);
  return fleet.beat(seq, 2) === "gap";
}

function load(fleet: Fleet, server: Server): void {
  for (const frame of [...server.snapshot("hosts"), ...server.snapshot("containers")]) fleet.accept(frame);
}

test("any sequence of frames, with losses and restarts, shows what a fresh snapshot shows", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const chance = seeded(seed);
    const server = new Server(chance);
    const fleet = new Fleet();
    load(fleet, server);
    for (let i = 0; i < 120; i += 1) {
      const frame = server.step();
      const isLost = chance() < 0.05;
      if (frame === null || isLost) continue;
      if (fleet.accept(frame) === "gap") load(fleet, server);
      if (chance() < 0.1) fleet.containers.sweep();
    }
    if (fleet.epoch !== String(server.epoch) || stuck(fleet, server.seq)) load(fleet, server);
    expect(seen(fleet), `seed ${seed}`).toEqual(truth(server));
    expect(fleet.containers.count, `seed ${seed}`).toBe(server.rows.size);
  }
});

test("a missed frame is a gap, a repeated one is known", () => {
  const server = new Server(seeded(3));
  const fleet = new Fleet();
  load(fleet, server);
  const head = { sub: 1, epoch: "1", kind: "containers" } as const;
  expect(fleet.accept({ ...head, t: "del", seq: 2, rows: [] })).toBe("gap");
  expect(fleet.accept({ ...head, t: "del", seq: 1, rows: [] })).toBe("urgent");
  expect(fleet.accept({ ...head, t: "del", seq: 1, rows: [] })).toBe("known");
  expect(fleet.isCurrent).toBe(false);
  expect(fleet.beat(1, 1)).toBe("whole");
  expect(fleet.isCurrent).toBe(true);
  expect(fleet.beat(1, 1)).toBe("known");
  expect(fleet.beat(2, 2)).toBe("known");
  expect(fleet.beat(2, 3)).toBe("gap");
  expect(fleet.accept({ ...head, epoch: "2", t: "del", seq: 2, rows: [] })).toBe("gap");
});

test("an object keeps its position over a new attempt and over a new epoch", () => {
  const fleet = new Fleet();
  const head = { sub: 1, kind: "containers" } as const;
  const row = (id: string) => ({ slot: ["a"], id: [id], state: ["running"] });
  fleet.accept({ ...head, t: "snap", epoch: "1", seq: 0, offset: 0, rows: [7], cols: row("a1"), last: true });
  const position = fleet.containers.find("a");
  fleet.accept({ ...head, t: "add", epoch: "1", seq: 1, rows: [8], cols: row("a2") });
  fleet.accept({ ...head, t: "del", epoch: "1", seq: 2, rows: [7] });
  expect(fleet.containers.find("a")).toBe(position);
  expect(fleet.containers.text("id")[position ?? -1]).toBe("a2");
  fleet.accept({ ...head, t: "snap", epoch: "2", seq: 0, offset: 0, rows: [1], cols: row("a2"), last: true });
  expect(fleet.containers.find("a")).toBe(position);
});

test("a row that went away stays readable until swept", () => {
  const fleet = new Fleet();
  const head = { sub: 1, kind: "containers", epoch: "1" } as const;
  fleet.accept({
    ...head,
    t: "snap",
    seq: 0,
    offset: 0,
    rows: [7],
    cols: { slot: ["a"], name: ["web"] },
    last: true,
  });
  fleet.accept({ ...head, t: "del", seq: 1, rows: [7] });
  expect(fleet.containers.find("a")).toBeUndefined();
  expect(fleet.containers.isReadable(0)).toBe(true);
  expect(fleet.containers.text("name")[0]).toBe("web");
  fleet.containers.sweep();
  expect(fleet.containers.isReadable(0)).toBe(false);
});

test("readings are kept every few seconds, also when they stay the same", () => {
  const fleet = new Fleet();
  const cols = { slot: ["a", "b"], cpu_millis: [5, null], memory_bytes: [7, null] };
  fleet.accept({
    t: "snap",
    sub: 1,
    kind: "containers",
    epoch: "1",
    seq: 0,
    offset: 0,
    rows: [1, 2],
    cols,
    last: true,
  });
  for (const ts of [1_000, 3_000, 11_000, 20_000, 21_000]) fleet.beat(0, ts);
  expect(fleet.usage.read("a")).toEqual({
    at: [1_000, 11_000, 21_000],
    cpu_millis: [5, 5, 5],
    memory_bytes: [7, 7, 7],
  });
  expect(fleet.usage.read("b").at).toEqual([]);
});

test("a row's version rises when something of it is different, and only then", () => {
  const fleet = new Fleet();
  const head = { sub: 1, kind: "containers", epoch: "1" } as const;
  const cols = { slot: ["a", "b"], state: ["running", "running"], cpu_millis: [5, 5] };
  fleet.accept({ ...head, t: "snap", seq: 0, offset: 0, rows: [1, 2], cols, last: true });
  const versions = () => [0, 1].map((at) => fleet.containers.versionOf(at));
  const change = (seq: number, changed: Columns) =>
    fleet.accept({ ...head, t: "d", ts: 1, seq, rows: [2], cols: changed });
  const [a, b] = versions() as [number, number];
  change(1, { state: ["running"], cpu_millis: [5] });
  expect(versions()).toEqual([a, b]);
  change(2, { cpu_millis: [6] });
  expect(versions()).toEqual([a, b + 1]);
  change(3, { state: ["failed"] });
  fleet.accept({ ...head, t: "del", seq: 4, rows: [1] });
  expect(versions()).toEqual([a + 1, b + 2]);
});
