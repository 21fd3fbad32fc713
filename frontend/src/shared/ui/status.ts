/** How each state looks: tone and shape. A state that is added to the API does not compile until it has both. */
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

export function isContainerState(word: string): word is ContainerState {
  return word in CONTAINER_LOOK;
}

export function isHostState(word: string): word is HostState {
  return word in HOST_LOOK;
}
