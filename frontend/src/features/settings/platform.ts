/** Orchestra's own processes: read again and again, and judged by whether their beat went on in between. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Platform } from "@/shared/api/types";

export const READ_AGAIN_MS = 2_000;

export const platformQuery = queryOptions({
  queryKey: ["platform"],
  refetchInterval: READ_AGAIN_MS,
  queryFn: async () => body(await api.GET("/api/v1/platform")),
});

export type Life = "alive" | "silent" | "unknown";

/** Since when each process has shown the same beat. Clocks of two machines are never compared. */
export class BeatWatch {
  private seen = new Map<string, { beat: number; since_ms: number; changes: number }>();

  observe(processes: Platform["processes"], now_ms: number): void {
    this.seen = new Map(
      processes.map(({ id, beat }) => {
        const last = this.seen.get(id);
        if (last?.beat === beat) return [id, last];
        return [id, { beat, since_ms: now_ms, changes: (last?.changes ?? 0) + 1 }];
      }),
    );
  }

  lifeOf(id: string, ttl_s: number, now_ms: number): Life {
    const last = this.seen.get(id);
    if (!last) return "unknown";
    if (now_ms - last.since_ms > ttl_s * 1_000 + READ_AGAIN_MS) return "silent";
    return last.changes > 1 ? "alive" : "unknown";
  }
}
