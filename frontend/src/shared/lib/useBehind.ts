import { startTransition, useEffect, useState } from "react";
import { afterPaint } from "./afterPaint";

/**
 * A value as it was before the last frame: what is drawn from it follows behind the frame that shows what was asked for.
 * React's own deferred values wait for the drawing, not for the painting: their work may come in front of the frame.
 */
export function useBehind<T>(value: T, first: T = value): T {
  const [painted, setPainted] = useState(first);
  useEffect(() => {
    if (Object.is(painted, value)) return;
    return afterPaint(() => startTransition(() => setPainted(() => value)));
  }, [value, painted]);
  return painted;
}
