import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { LogBuffer } from "@/live/logs";
import { logsQuery, TAIL_LINES } from "../api/queries";
import type { Container } from "../api/types";
import { hasLiveLog, type LogView } from "../lib/logView";
import { usePaced } from "../live/hooks";
import { session } from "../live/session";
import { EmptyState } from "./EmptyState";
import { ErrorNote } from "./ErrorNote";
import { Loading } from "./Loading";
import { LogLines } from "./LogLines";

/** The server's word for "the container has ended"; any other reason is a sentence to be shown. */
const ENDED = "ended";

interface Props {
  container: Container;
  view: LogView;
  onView: (view: LogView) => void;
  isMain?: boolean;
}

/** The log of one attempt: followed while it lives, else what was kept of it. Another attempt wants another key. */
export function LogLinesOf(props: Props) {
  const isLive = hasLiveLog(props.container);
  const [wasLive, setWasLive] = useState(isLive);
  if (isLive && !wasLive) setWasLive(true);
  // A container that ends while its log is read keeps what is on screen.
  return isLive || wasLive ? <Followed {...props} /> : <Kept {...props} />;
}

function Followed({ container, ...rest }: Props) {
  const { t } = useTranslation();
  const buffer = useFollowedLog(container.id);
  usePaced(buffer.subscribe);
  if (buffer.error !== null) return <ErrorNote error={new Error(buffer.error)} />;
  const note = buffer.ended === null ? null : buffer.ended === ENDED ? t("logs.ended") : buffer.ended;
  return (
    <LogLines
      {...rest}
      name={container.name}
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

/** A container that never started has a reason for it, which stands beside. */
function whyEmpty({ status, started_at }: Container): "notYet" | "neverStarted" | "none" {
  if (["pending", "bound", "preparing"].includes(status)) return "notYet";
  return started_at === null ? "neverStarted" : "none";
}

function Kept({ container, ...rest }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(logsQuery({ project: container.project, id: container.id }));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={[80, 60, 70]} />;
  if (data.lines.length === 0) {
    return <EmptyState title={t(`logs.${whyEmpty(container)}`)} text={container.message || undefined} />;
  }
  return (
    <LogLines
      {...rest}
      name={container.name}
      lines={data.lines}
      dropped={0}
      revision={data.lines.length}
      note={data.complete ? null : t("logs.tailOnly")}
      isFollowing={false}
    />
  );
}
