import { useLayoutEffect, useRef } from "react";
import { useBehind } from "../lib/useBehind";

/**
 * Which rows are new by what somebody has just asked for: until they have been painted they are drawn in part. What was
 * on the screen before, and what comes by scrolling or by itself, is drawn whole at once.
 */
export function useEarly(asked: string, shown: readonly number[]): (position: number) => boolean {
  const painted = useBehind(asked);
  const whole = useRef<ReadonlySet<number>>(new Set());
  const isEarly = painted !== asked;
  useLayoutEffect(() => {
    if (!isEarly) whole.current = new Set(shown);
  });
  return (position) => isEarly && !whole.current.has(position);
}
