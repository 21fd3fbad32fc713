/**
 * The form of a container, and the way to a spec and back. What the form does not know is kept in `rest`, so that
 * going from JSON to the form and back loses nothing.
 */
import { fromHealthCheck, type HealthDraft, NO_HEALTH, toHealthCheck } from "./healthDraft";
import {
  fromPlacement,
  NO_PLACEMENT,
  type PlacementDraft,
  toPlacement,
  withoutBlankRules,
} from "./placementDraft";
import { isRecord, number, text } from "./values";
import { joinWords, splitWords } from "./words";

export interface PortDraft {
  container_port: string;
  host_port: string;
  protocol: string;
}
export interface PairDraft {
  name: string;
  value: string;
}
export interface VolumeDraft {
  name: string;
  path: string;
  read_only: boolean;
}
export interface Draft extends HealthDraft, PlacementDraft {
  name: string;
  image: string;
  command: string;
  entrypoint: string;
  env: PairDraft[];
  labels: PairDraft[];
  ports: PortDraft[];
  volumes: VolumeDraft[];
  tmpfs: PairDraft[];
  cpu: string;
  memory: string;
  cpu_limit: string;
  memory_limit: string;
  /** A whole number of GPUs, or a share of one. */
  gpus: string;
  /** With commas between them; any of them will do. */
  gpu_models: string;
  restart: string;
  constraints: string;
  user: string;
  workdir: string;
  stop_signal: string;
  stop_grace: string;
  init: boolean;
  read_only: boolean;
  rest: Record<string, unknown>;
}

export const EMPTY: Draft = {
  name: "",
  image: "",
  command: "",
  entrypoint: "",
  env: [],
  labels: [],
  ports: [],
  volumes: [],
  tmpfs: [],
  cpu: "",
  memory: "",
  cpu_limit: "",
  memory_limit: "",
  gpus: "",
  gpu_models: "",
  restart: "none",
  constraints: "",
  user: "",
  workdir: "",
  stop_signal: "",
  stop_grace: "",
  init: true,
  read_only: false,
  ...NO_HEALTH,
  ...NO_PLACEMENT,
  rest: {},
};

export type Spec = Record<string, unknown>;

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function filled(values: Spec): Spec {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isFilled(value)));
}

/** Rows that nobody filled in are not sent; taking them out first keeps the server's row numbers equal to ours. */
export function withoutBlankRows(draft: Draft): Draft {
  const pairs = (rows: PairDraft[]): PairDraft[] =>
    rows.filter((row) => row.name.trim() !== "" || row.value !== "");
  return {
    ...draft,
    env: pairs(draft.env),
    labels: pairs(draft.labels),
    tmpfs: pairs(draft.tmpfs),
    max_per: pairs(draft.max_per),
    needs: pairs(draft.needs),
    affinity: withoutBlankRules(draft.affinity),
    ports: draft.ports.filter((row) => row.container_port.trim() !== "" || row.host_port.trim() !== ""),
    volumes: draft.volumes.filter((row) => row.name.trim() !== "" || row.path.trim() !== ""),
  };
}

function pairsToObject(rows: readonly PairDraft[]): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row.name.trim(), row.value]));
}

function toGpus({ gpus, gpu_models }: Draft): Spec {
  const amount = gpus.trim();
  const models = gpu_models
    .split(",")
    .map((model) => model.trim())
    .filter(Boolean);
  return filled({ ...(/^[0-9]+$/.test(amount) ? { count: number(amount) } : { share: amount }), models });
}

/** `usual`: how it is restarted when the spec says nothing. */
export function toSpec(draft: Draft, usual = "none"): Spec {
  const { rest } = draft;
  const resources = filled({
    cpu: draft.cpu.trim(),
    memory: draft.memory.trim(),
    cpu_limit: draft.cpu_limit.trim(),
    memory_limit: draft.memory_limit.trim(),
    gpus: toGpus(draft),
  });
  return filled({
    ...rest,
    name: draft.name.trim(),
    image: draft.image.trim(),
    command: splitWords(draft.command),
    entrypoint: splitWords(draft.entrypoint),
    env: pairsToObject(draft.env),
    labels: pairsToObject(draft.labels),
    ports: draft.ports.map((row) => ({
      container_port: number(row.container_port),
      protocol: row.protocol,
      ...(row.host_port.trim() === "" ? {} : { host_port: number(row.host_port) }),
    })),
    volumes: draft.volumes.map((row) => ({ ...row, name: row.name.trim(), path: row.path.trim() })),
    tmpfs: draft.tmpfs.map((row) => filled({ path: row.name.trim(), size: row.value.trim() })),
    resources,
    restart: draft.restart === usual ? "" : draft.restart,
    constraints: draft.constraints.split(/(?:,?\s)+/).filter(Boolean),
    ...toPlacement(draft),
    user: draft.user.trim(),
    workdir: draft.workdir.trim(),
    stop_signal: draft.stop_signal.trim(),
    stop_grace: draft.stop_grace.trim() === "" ? "" : number(draft.stop_grace),
    // The server's own defaults: said only when they are not wanted.
    ...(draft.init ? {} : { init: false }),
    ...(draft.read_only ? { read_only: true } : {}),
    health_check: toHealthCheck(draft, rest["health_check"]),
  });
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function pairs(value: unknown): PairDraft[] {
  return isRecord(value) ? Object.entries(value).map(([name, inner]) => ({ name, value: text(inner) })) : [];
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

const NESTED_REST = ["health_check"];

export function fromSpec(spec: Spec, usual = "none"): Draft {
  const resources = record(spec["resources"]);
  const gpus = record(resources["gpus"]);
  const known = new Set([
    "resources",
    ...Object.keys(EMPTY).filter((key) => key !== "gpus" && key !== "gpu_models"),
  ]);
  const rest = Object.fromEntries(
    Object.entries(spec).filter(([key]) => !known.has(key) || NESTED_REST.includes(key)),
  );
  const words = (value: unknown): string => joinWords(list(value).map(text));
  return {
    ...EMPTY,
    rest,
    name: text(spec["name"]),
    image: text(spec["image"]),
    command: words(spec["command"]),
    entrypoint: words(spec["entrypoint"]),
    env: pairs(spec["env"]),
    labels: pairs(spec["labels"]),
    ports: list(spec["ports"])
      .map(record)
      .map((row) => ({
        container_port: text(row["container_port"]),
        host_port: text(row["host_port"]),
        protocol: text(row["protocol"]) || "tcp",
      })),
    volumes: list(spec["volumes"])
      .map(record)
      .map((row) => ({
        name: text(row["name"]),
        path: text(row["path"]),
        read_only: row["read_only"] === true,
      })),
    tmpfs: list(spec["tmpfs"])
      .map(record)
      .map((row) => ({ name: text(row["path"]), value: text(row["size"]) })),
    cpu: text(resources["cpu"]),
    memory: text(resources["memory"]),
    cpu_limit: text(resources["cpu_limit"]),
    memory_limit: text(resources["memory_limit"]),
    gpus: text(gpus["count"] ?? gpus["share"]),
    gpu_models: list(gpus["models"]).map(text).join(", "),
    restart: text(spec["restart"]) || usual,
    constraints: list(spec["constraints"]).map(text).join(" "),
    user: text(spec["user"]),
    workdir: text(spec["workdir"]),
    stop_signal: text(spec["stop_signal"]),
    stop_grace: text(spec["stop_grace"]),
    init: spec["init"] !== false,
    read_only: spec["read_only"] === true,
    ...fromHealthCheck(spec["health_check"]),
    ...fromPlacement(spec),
  };
}
