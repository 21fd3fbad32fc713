/** What is not seen waits until what is seen has been painted. A tab that nobody looks at paints nothing: it does not wait. */

/** Once, behind the next frame and so long after it; not at all when what it answers was called before. */
export function afterPaint(act: () => void, pause_ms = 0): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const soon = (): void => void (timer = setTimeout(act, pause_ms));
  const frame = document.hidden ? null : requestAnimationFrame(soon);
  if (frame === null) soon();
  return () => {
    if (frame !== null) cancelAnimationFrame(frame);
    if (timer !== null) clearTimeout(timer);
  };
}
