/** What a host or a container used in the last hours: the history by GET, read again as often as it is measured. */
import { keepPreviousData, type QueryKey, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { UsagePoint } from "../api/types";
import type { UsageRange } from "../lib/paths";
import { type Span, withGaps } from "../ui/chartData";

const MINUTES: Record<UsageRange, number> = { "1h": 60, "6h": 360, "24h": 1_440 };
const READ_AGAIN_MS: Record<UsageRange, number> = { "1h": 10_000, "6h": 45_000, "24h": 180_000 };

export interface UsageHistory {
  at: number[];
  cpu_millis: (number | null)[];
  memory_bytes: (number | null)[];
  span: Span;
}

interface Ask<Read> {
  key: QueryKey;
  range: UsageRange;
  fetch: (minutes: number) => Promise<Read>;
}

export function useUsage({ key, range, fetch }: Ask<UsagePoint[]>): UseQueryResult<UsageHistory> {
  return useUsageRead({
    key,
    range,
    fetch: async (minutes) => toHistory(await fetch(minutes), minutes),
  });
}

/** The same for what is read in a shape of its own. */
export function useUsageRead<Read>({ key, range, fetch }: Ask<Read>): UseQueryResult<Read> {
  return useQuery<Read>({
    queryKey: [...key, "usage", range],
    refetchInterval: READ_AGAIN_MS[range],
    placeholderData: keepPreviousData,
    queryFn: () => fetch(MINUTES[range]),
  });
}

/** Null: nothing was measured then. */
interface Reading {
  at_ms: number;
  cpu_millis: number | null;
  memory_bytes: number | null;
}

export function toHistory(points: readonly UsagePoint[], minutes: number, now_ms = Date.now()): UsageHistory {
  const read = points.map((point): Reading => ({
    at_ms: Date.parse(point.at),
    cpu_millis: point.cpu_millis,
    memory_bytes: point.memory_bytes,
  }));
  const shown = withGaps(read, (at_ms) => ({ at_ms, cpu_millis: null, memory_bytes: null }));
  // The server's clock may be ahead of this browser's.
  const to_ms = Math.max(now_ms, read.at(-1)?.at_ms ?? 0);
  return {
    at: shown.map((point) => point.at_ms),
    cpu_millis: shown.map((point) => point.cpu_millis),
    memory_bytes: shown.map((point) => point.memory_bytes),
    span: { from_ms: to_ms - minutes * 60_000, to_ms },
  };
}
