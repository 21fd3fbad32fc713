import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import styles from "./Status.module.css";
import type { RolloutStatus } from "../api/types";
import {
  CONTAINER_LOOK,
  HOST_LOOK,
  isContainerState,
  isHostState,
  isServiceState,
  type Look,
  ROLLOUT_LOOK,
  SERVICE_LOOK,
  type Shape,
} from "./status";

const UNKNOWN: Look = { tone: "mute", shape: "diamond" };

const DRAWING: Record<Shape, React.ReactNode> = {
  dot: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4z" fill="currentColor" />
    </>
  ),
  dashed: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeDasharray="2.2 1.9"
    />
  ),
  turn: (
    <g fill="none" stroke="currentColor" strokeWidth="1.5">
      <path d="M9.9 4.3A4.3 4.3 0 1 0 10.3 7" />
      <path d="M10.6 1.6v3h-3" />
    </g>
  ),
  cross: (
    <>
      <rect x="1" y="1" width="10" height="10" rx="1.5" fill="currentColor" />
      <path d="M3.8 3.8l4.4 4.4M8.2 3.8L3.8 8.2" stroke="var(--page)" strokeWidth="1.6" />
    </>
  ),
  diamond: <path d="M6 1.2L10.8 6 6 10.8 1.2 6z" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  ring: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  check: <path d="M1.8 6.4l2.8 2.8 5.6-6.2" fill="none" stroke="currentColor" strokeWidth="1.7" />,
  warn: (
    <>
      <path d="M6 .9l5.4 10H.6z" fill="currentColor" />
      <path d="M6 4.4v3.2M6 8.6v1.2" stroke="var(--page)" strokeWidth="1.3" />
    </>
  ),
  bar: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M3.6 6h4.8" stroke="currentColor" strokeWidth="1.6" />
    </>
  ),
};

/** Shape, colour and word of a state; never colour alone. */
function Mark({ look, word }: { look: Look; word: string }) {
  return (
    <span className={styles.status} data-tone={look.tone}>
      <svg className={styles.shape} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {DRAWING[look.shape]}
      </svg>
      <span className={styles.word}>{word}</span>
    </span>
  );
}

export function ContainerStatus({ state }: { state: string }) {
  const { t } = useTranslation();
  return containerMark(state, t);
}

/** For long lists: a drawing that asks for nothing more. */
export function containerMark(state: string, t: TFunction) {
  if (!isContainerState(state)) return <Mark look={UNKNOWN} word={state} />;
  return <Mark look={CONTAINER_LOOK[state]} word={t(`state.${state}`)} />;
}

export function HostStatus({ state }: { state: string }) {
  const { t } = useTranslation();
  if (!isHostState(state)) return <Mark look={UNKNOWN} word={state} />;
  return <Mark look={HOST_LOOK[state]} word={t(`hostState.${state}`)} />;
}

export function ServiceStatus({ state }: { state: string }) {
  const { t } = useTranslation();
  if (!isServiceState(state)) return <Mark look={UNKNOWN} word={state} />;
  return <Mark look={SERVICE_LOOK[state]} word={t(`serviceState.${state}`)} />;
}

export function RolloutMark({ status }: { status: RolloutStatus }) {
  const { t } = useTranslation();
  return <Mark look={ROLLOUT_LOOK[status]} word={t(`rolloutStatus.${status}`)} />;
}

export function EndpointMark({ state }: { state: "ready" | "draining" }) {
  const { t } = useTranslation();
  const look: Look = state === "ready" ? { tone: "good", shape: "dot" } : { tone: "wait", shape: "half" };
  return <Mark look={look} word={t(`endpoints.${state}`)} />;
}

export function BrakeMark({ word }: { word: string }) {
  return <Mark look={{ tone: "wait", shape: "bar" }} word={word} />;
}

export function LevelMark({ level, word }: { level: "info" | "warning" | "error"; word: string }) {
  const look: Record<typeof level, Look> = {
    info: { tone: "mute", shape: "ring" },
    warning: { tone: "wait", shape: "warn" },
    error: { tone: "bad", shape: "cross" },
  };
  return <Mark look={look[level]} word={word} />;
}

export function ConditionMark({ isOk, word }: { isOk: boolean; word: string }) {
  return (
    <Mark look={isOk ? { tone: "good", shape: "check" } : { tone: "bad", shape: "cross" }} word={word} />
  );
}
