import { useEffect, useRef, useState } from "react";

const SAY_MS = 10_000;

/** For screen readers: said when it changed, at most every ten seconds, and then what is true by then. */
export function Said({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const saidAt = useRef(-Infinity);
  useEffect(() => {
    if (text === said) return;
    const wait_ms = Math.max(0, SAY_MS - (performance.now() - saidAt.current));
    const timer = setTimeout(() => {
      saidAt.current = performance.now();
      setSaid(text);
    }, wait_ms);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <span className="sr-only" role="status">
      {said}
    </span>
  );
}
