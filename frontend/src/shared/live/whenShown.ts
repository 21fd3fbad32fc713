/** What came while the tab was hidden is drawn once, when it is looked at again. */
const waiting = new Set<() => void>();

/** Now, or when the tab is no longer hidden; the same one twice is drawn once. */
export function whenShown(draw: () => void): void {
  if (document.hidden) waiting.add(draw);
  else draw();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  const due = [...waiting];
  waiting.clear();
  for (const draw of due) draw();
});
