/** From readings to what a plot is given: seconds, a fixed stretch of time, and gaps where nothing was measured. */

export interface Span {
  from_ms: number;
  to_ms: number;
}

const GAP_STEPS = 4;

/** Where readings are missing for several steps, the line breaks: a point without a value is put between. */
export function withGaps<T extends { at_ms: number }>(
  points: readonly T[],
  hole: (at_ms: number) => T,
): readonly T[] {
  const longest_ms = usualStep(points) * GAP_STEPS;
  if (longest_ms === 0) return points;
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before || point.at_ms - before.at_ms <= longest_ms) return [point];
    return [hole((before.at_ms + point.at_ms) / 2), point];
  });
}

/** The middle one of all steps: outages do not change it. */
function usualStep(points: readonly { at_ms: number }[]): number {
  const steps = points.slice(1).map((point, index) => point.at_ms - (points[index]?.at_ms ?? point.at_ms));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

export interface Column {
  values: readonly (number | null)[];
  /** The same value everywhere, also where nothing was measured. */
  isLevel?: boolean;
}

const ALONE_MS = 120_000;

/** The columns of a plot. Points without a value stand at both ends, so that the axis shows the whole stretch. */
export function columnsOf(
  at_ms: readonly number[],
  lines: readonly Column[],
  asked: Span | undefined,
): [number[], ...(number | null)[][]] {
  const [first = Infinity] = at_ms;
  const last = at_ms.at(-1) ?? -Infinity;
  // A reading that stands alone has no stretch of time: it gets one that ends with it.
  const span = asked ?? (at_ms.length === 1 ? { from_ms: first - ALONE_MS, to_ms: first } : undefined);
  const head = span && span.from_ms < first ? [span.from_ms] : [];
  const tail = span && span.to_ms > last && span.to_ms > (head[0] ?? -Infinity) ? [span.to_ms] : [];
  const seconds = [...head, ...at_ms, ...tail].map((ms) => ms / 1000);
  const filled = lines.map(({ values, isLevel = false }) => {
    const end = isLevel ? (values[0] ?? null) : null;
    return [...head.map(() => end), ...values, ...tail.map(() => end)];
  });
  return [seconds, ...filled];
}
