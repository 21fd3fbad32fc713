/** The last readings as one quiet line; nothing while there are fewer than two. */
export function Sparkline({ values, top }: { values: readonly number[]; top: number }) {
  const WIDTH = 90;
  const HEIGHT = 18;
  if (values.length < 2) return null;
  const highest = Math.max(top, ...values);
  const step = WIDTH / (values.length - 1);
  const points = values
    .map(
      (value, i) => `${(i * step).toFixed(1)},${(HEIGHT - 2 - (value / highest) * (HEIGHT - 4)).toFixed(1)}`,
    )
    .join(" ");
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points} fill="none" stroke="var(--bar-used)" strokeWidth="1.3" />
    </svg>
  );
}
