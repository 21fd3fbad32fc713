import { useSyncExternalStore } from "react";
import { showAge } from "../lib/format";
import { seconds } from "../live/seconds";

/** How old something is. Of a hundred of them on the screen only those are drawn anew whose words change. */
export function Age({ since_ms }: { since_ms: number }) {
  const words = useSyncExternalStore(seconds.subscribe, () => showAge(seconds.now_ms - since_ms));
  return <span className="soft">{words}</span>;
}
