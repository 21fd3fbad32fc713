import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { LogLine } from "@/live/frames";
import { LogBuffer } from "@/live/logs";
import type { Container } from "@/shared/api/types";
import { session } from "@/shared/live/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { LogLines } from "@/shared/ui/LogLines";
import { logsQuery, TAIL_LINES } from "./queries";
import { hasLiveLog } from "./rules";

/** The server's word for "the container has ended"; any other reason is a sentence to be shown. */
const ENDED = "ended";

/** Followed while the container lives; else what was kept of it. */
export function LogsTab({ container }: { container: Container }) {
  const isLive = hasLiveLog(container);
  const [wasLive, setWasLive] = useState(isLive);
  if (isLive && !wasLive) setWasLive(true);
  // A container that ends while its log is read keeps what is on screen.
  if (isLive || wasLive) return <Followed id={container.id} />;
  return <Kept container={container} />;
}

function Followed({ id }: { id: string }) {
  const { t } = useTranslation();
  const buffer = useFollowedLog(id);
  useSyncExternalStore(buffer.subscribe, buffer.read);
  if (buffer.error !== null) return <ErrorNote error={new Error(buffer.error)} />;
  const note = buffer.ended === null ? null : buffer.ended === ENDED ? t("logs.ended") : buffer.ended;
  return (
    <LogLines
      lines={buffer.lines}
      dropped={buffer.dropped}
      revision={buffer.revision}
      note={note}
      isFollowing={buffer.ended === null}
    />
  );
}

function useFollowedLog(id: string): LogBuffer {
  const [buffer] = useState(() => new LogBuffer());
  useEffect(() => {
    const handle = session.client.subscribe(
      { topic: `logs:${id}`, tail: TAIL_LINES },
      {
        onStart: () => buffer.restart(),
        onFrame: (frame) => {
          if (frame.t === "log") buffer.append(frame.lines);
          else if (frame.t === "logend") buffer.end(frame.reason);
          else if (frame.t === "error") buffer.fail(frame.message);
        },
      },
    );
    return () => handle.close();
  }, [buffer, id]);
  return buffer;
}

function Kept({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(logsQuery({ project: container.project, id: container.id }));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={[80, 60, 70]} />;
  if (data.lines.length === 0) {
    const isWaiting = ["pending", "bound", "preparing"].includes(container.status);
    return <EmptyState title={isWaiting ? t("logs.notYet") : t("logs.none")} />;
  }
  const lines: LogLine[] = data.lines;
  return (
    <LogLines
      lines={lines}
      dropped={0}
      revision={lines.length}
      note={data.complete ? null : t("logs.tailOnly")}
      isFollowing={false}
    />
  );
}
