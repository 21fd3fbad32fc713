/** The ticked rows of a project's list. They stay while somebody looks at one container and comes back. */
import { useCallback, useState } from "react";
import type { ContainerTable } from "@/live/fleet";
import { NO_TICKS, type Ticks, withoutIds } from "./ticks";

export type SetTicks = (change: (ticks: Ticks) => Ticks) => void;

const kept = new Map<string, Ticks>();

export function useTicks(project: string, table: ContainerTable): [Ticks, SetTicks] {
  const [ticks, setTicks] = useState(() => {
    const before = kept.get(project) ?? NO_TICKS;
    // Who comes back has moved on: what went meanwhile is not ticked any more.
    return withoutIds(
      before,
      [...before.ids].filter((id) => table.find(id) === undefined),
    );
  });
  // The same one always: another one would draw every row anew.
  const set: SetTicks = useCallback(
    (change) =>
      setTicks((before) => {
        const next = change(before);
        kept.set(project, next);
        return next;
      }),
    [project],
  );
  return [ticks, set];
}
