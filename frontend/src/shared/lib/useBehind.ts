import { startTransition, useEffect, useState } from "react";
import { afterPaint } from "./afterPaint";

/** Whoever types is quicker than this from key to key, or looks at what is offered. */
export const TYPING_MS = 60;

/**
 * A value as it was before the last frame: what is drawn from it follows behind the frame that shows what was asked for.
 * React's own deferred values wait for the drawing, not for the painting: their work may come in front of the frame.
 * `pause_ms`: it follows when nothing else has come for so long, so that it is not in the way of the next key.
 */
export function useBehind<T>(
  value: T,
  { first = value, pause_ms = 0 }: { first?: T; pause_ms?: number } = {},
): T {
  const [painted, setPainted] = useState(first);
  useEffect(() => {
    if (Object.is(painted, value)) return;
    return afterPaint(() => startTransition(() => setPainted(() => value)), pause_ms);
  }, [value, painted, pause_ms]);
  return painted;
}
