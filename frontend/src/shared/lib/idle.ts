/** Work that somebody may want soon, done while nobody wants anything. */

/** One piece after the other, each when the browser has nothing else to do; what it answers ends it. */
export function whenIdle(pieces: readonly (() => void)[]): () => void {
  let rest = pieces;
  let cancel: (() => void) | null = null;
  const next = (): void => {
    const [piece, ...others] = rest;
    cancel = null;
    if (piece === undefined) return;
    rest = others;
    piece();
    plan();
  };
  const plan = (): void => {
    if (rest.length > 0) cancel = ask(next);
  };
  plan();
  return () => {
    rest = [];
    cancel?.();
  };
}

function ask(act: () => void): () => void {
  // Not every browser says when it is idle.
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, 50);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(act);
  return () => cancelIdleCallback(handle);
}
