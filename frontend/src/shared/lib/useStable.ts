import { useCallback, useEffect, useRef } from "react";

/** A function that stays the same, and calls the last one it was given: who takes it is not drawn again for it. */
export function useStable<A extends unknown[]>(act: (...given: A) => void): (...given: A) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  return useCallback((...given: A) => latest.current(...given), []);
}
