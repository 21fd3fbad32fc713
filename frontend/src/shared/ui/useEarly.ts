import { startTransition, useEffect, useLayoutEffect, useRef, useState } from "react";
import { afterPaint } from "../lib/afterPaint";

/**
 * Which rows are new by what somebody has just asked for: until they have been painted they are drawn in part. What was
 * on the screen before, and what comes by scrolling or by itself, is drawn whole at once.
 */
export function useEarly(asked: string, shown: readonly number[]): (position: number) => boolean {
  const [painted, setPainted] = useState(asked);
  const whole = useRef<ReadonlySet<number>>(new Set());
  const isEarly = painted !== asked;
  useEffect(() => {
    if (!isEarly) return;
    return afterPaint(() => startTransition(() => setPainted(asked)));
  }, [asked, isEarly]);
  useLayoutEffect(() => {
    if (!isEarly) whole.current = new Set(shown);
  });
  return (position) => isEarly && !whole.current.has(position);
}
