/** Calls once the caller rests: for what may follow what is shown, such as the address. */
import { useEffect, useRef } from "react";

const REST_MS = 250;

export interface Rest<T> {
  /** When there was no other call for a moment. */
  later: (value: T) => void;
  /** What still waits, now. */
  flush: () => void;
}

/** What still waits when the page goes is dropped: flush before. */
export function useRest<T>(act: (value: T) => void): Rest<T> {
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; value: T } | null>(null);
  const current = useRef(act);
  useEffect(() => {
    current.current = act;
  });
  const flush = (): void => {
    const last = waiting.current;
    if (last === null) return;
    clearTimeout(last.timer);
    waiting.current = null;
    current.current(last.value);
  };
  const later = (value: T): void => {
    if (waiting.current !== null) clearTimeout(waiting.current.timer);
    waiting.current = { value, timer: setTimeout(flush, REST_MS) };
  };
  useEffect(
    () => () => {
      if (waiting.current !== null) clearTimeout(waiting.current.timer);
    },
    [],
  );
  return { later, flush };
}
