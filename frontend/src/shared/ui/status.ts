/** How each state looks: tone and shape. A state that is added to the API does not compile until it has both. */
import type { RolloutStatus, ServiceState } from "../api/types";
import type { ContainerState, HostState } from "../api/types";

export const TONES = ["good", "busy", "wait", "bad", "mute"] as const;
export type Tone = (typeof TONES)[number];
export const SHAPES = [
  "dot",
  "half",
  "dashed",
  "turn",
  "cross",
  "diamond",
  "ring",
  "check",
  "warn",
  "bar",
] as const;
export type Shape = (typeof SHAPES)[number];
export interface Look {
  tone: Tone;
  shape: Shape;
}

export const CONTAINER_LOOK = {
  running: { tone: "good", shape: "dot" },
  starting: { tone: "busy", shape: "half" },
  pending: { tone: "wait", shape: "dashed" },
  restarting: { tone: "wait", shape: "turn" },
  stopping: { tone: "busy", shape: "half" },
  stopped: { tone: "mute", shape: "ring" },
  failed: { tone: "bad", shape: "cross" },
  exited: { tone: "mute", shape: "check" },
  unknown: { tone: "wait", shape: "diamond" },
  lost: { tone: "bad", shape: "diamond" },
  cancelled: { tone: "mute", shape: "bar" },
  unhealthy: { tone: "bad", shape: "warn" },
} as const satisfies Record<ContainerState, Look>;

export const HOST_LOOK = {
  ready: { tone: "good", shape: "dot" },
  cordoned: { tone: "wait", shape: "bar" },
  draining: { tone: "wait", shape: "turn" },
  suspect: { tone: "wait", shape: "warn" },
  "engine-down": { tone: "bad", shape: "cross" },
  lost: { tone: "bad", shape: "cross" },
  unknown: { tone: "mute", shape: "diamond" },
  unready: { tone: "wait", shape: "warn" },
} as const satisfies Record<HostState, Look>;

export const SERVICE_LOOK = {
  running: { tone: "good", shape: "dot" },
  updating: { tone: "busy", shape: "turn" },
  holding: { tone: "wait", shape: "half" },
  paused: { tone: "wait", shape: "bar" },
  degraded: { tone: "bad", shape: "warn" },
  failed: { tone: "bad", shape: "cross" },
  removing: { tone: "busy", shape: "half" },
  idle: { tone: "mute", shape: "ring" },
} as const satisfies Record<ServiceState, Look>;

export const ROLLOUT_LOOK = {
  running: { tone: "busy", shape: "turn" },
  holding: { tone: "wait", shape: "half" },
  paused: { tone: "wait", shape: "bar" },
  done: { tone: "good", shape: "check" },
  failed: { tone: "bad", shape: "cross" },
  "rolled-back": { tone: "bad", shape: "turn" },
  aborted: { tone: "mute", shape: "bar" },
  superseded: { tone: "mute", shape: "ring" },
} as const satisfies Record<RolloutStatus, Look>;

/** Trouble first: the order of "sort by state". */
export const CONTAINER_RANK = {
  failed: 0,
  lost: 1,
  unhealthy: 2,
  unknown: 3,
  restarting: 4,
  pending: 5,
  starting: 6,
  stopping: 7,
  running: 8,
  exited: 9,
  stopped: 10,
  cancelled: 11,
} as const satisfies Record<ContainerState, number>;

export const HOST_RANK = {
  lost: 0,
  "engine-down": 1,
  suspect: 2,
  unready: 3,
  unknown: 4,
  draining: 5,
  cordoned: 6,
  ready: 7,
} as const satisfies Record<HostState, number>;

export const SERVICE_RANK = {
  failed: 0,
  degraded: 1,
  holding: 2,
  paused: 3,
  updating: 4,
  removing: 5,
  running: 6,
  idle: 7,
} as const satisfies Record<ServiceState, number>;

export function isServiceState(word: string): word is ServiceState {
  return word in SERVICE_LOOK;
}

export function isContainerState(word: string): word is ContainerState {
  return word in CONTAINER_LOOK;
}

export function isHostState(word: string): word is HostState {
  return word in HOST_LOOK;
}
