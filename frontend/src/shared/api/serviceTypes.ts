/** What the API says of services. */
import type { Container } from "./types";

export type ServiceState =
  "running" | "updating" | "holding" | "paused" | "degraded" | "failed" | "removing" | "idle";
export type RolloutStatus =
  "running" | "holding" | "paused" | "done" | "failed" | "rolled-back" | "aborted" | "superseded";

export interface Rollout {
  number: number;
  kind: "update" | "restart" | "roll-back";
  status: RolloutStatus;
  message: string;
  revision: number;
  from_revision: number | null;
  failures: number;
  done: number;
  total: number;
  promoted: boolean;
  asked_by: string;
  started_at: string;
  stepped_at: string;
  finished_at: string | null;
}

export interface UpdatePolicy {
  order: "start-first" | "stop-first";
  max_surge: number;
  max_unavailable: number;
  batch: number;
  health_window: number;
  start_deadline: number;
  failure_threshold: number;
  on_failure: "pause" | "roll-back";
  hold_after_first: boolean;
}

export interface Service {
  id: string;
  project: string;
  name: string;
  mode: "replicated" | "global";
  replicas: number;
  desired_count: number;
  ready: number;
  live: number;
  paused: boolean;
  strict: boolean;
  stop_delay: number;
  update: UpdatePolicy;
  spec: Record<string, unknown>;
  desired: "run" | "remove";
  state: ServiceState;
  revision: { number: number; image: string; created_at: string; created_by: string };
  rollout: Rollout | null;
  generation: number;
  version: number;
  created_at: string;
}

export interface Revision {
  number: number;
  image: string;
  spec: Record<string, unknown>;
  created_at: string;
  created_by: string;
  is_current: boolean;
}

/** One place in a spec that is not the same in both. */
export interface SpecChange {
  path: string;
  from: unknown;
  to: unknown;
}

export interface Endpoint {
  container: string;
  slot: string;
  host: string;
  address: string;
  port: number;
  container_port: number;
  protocol: string;
  state: "ready" | "draining";
}

export interface Endpoints {
  service: string;
  version: number;
  endpoints: Endpoint[];
}

export type ServiceContainer = Container & {
  service: string | null;
  service_id: string | null;
  revision: number | null;
  slot_key: string;
  is_successor: boolean;
  replace_asked: boolean;
};
