import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ranks, Sort } from "@/live/compare";
import type { Fleet } from "@/live/fleet";
import { foldedOf } from "@/live/folded";
import { whenIdle } from "@/shared/lib/idle";
import { useKeys } from "@/shared/lib/keys";
import { useStore } from "@/shared/lib/store";
import { useFleet } from "@/shared/live/hooks";
import { readSort, writeSort } from "@/shared/ui/grid";
import { ListCount } from "@/shared/ui/ListCount";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { ResortPill } from "@/shared/ui/ResortPill";
import { CONTAINER_RANK } from "@/shared/ui/status";
import { type ShownOrder, useListOrder } from "@/shared/ui/useListOrder";
import { bulk, isRunning } from "./bulk";
import { ContainersList } from "./ContainersList";
import { NoContainers, NoMatch, RunButton } from "./EmptyList";
import { listFilter } from "./filter";
import { QueryBox } from "./QueryBox";
import { QueryNotes } from "./QueryNotes";
import { NO_TICKS } from "./ticks";
import { type Search, useAsked } from "./useAsked";
import { useTicks } from "./useTicks";
import { ViewsMenu } from "./ViewsMenu";

interface Props {
  project: string;
  search: Search;
  onSearch: (search: Search) => void;
}

/** Those most sorted by first. */
const SORTED = ["name", "cpu_millis", "memory_bytes", "host", "image", "created", "state"] as const;
const FIRST_SORT: Sort = { column: "state", descending: false };

export function ContainersPage({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const { containers } = fleet;
  const isReady = fleet.isReady("containers");
  const asked = useAsked(search, onSearch);
  const { query, setQuery, ask } = asked;
  const [ticks, setTicks] = useTicks(project, containers);
  const sort = readSort(asked.sort, FIRST_SORT);
  const hasResult = useStore(bulk)?.project === project;
  const isPinned = ticks.ids.size > 0 || hasResult || search.peek !== undefined;
  const { order, isHeld, setHeld } = useShown(query, sort, isPinned);
  const count = order.positions.length;
  // What lies over the list goes first, then what is ticked in it, then what became of it, then the filter.
  const closeOver = (): boolean => {
    if (search.peek !== undefined) ask({ peek: undefined });
    else if (ticks.ids.size > 0) setTicks(() => NO_TICKS);
    else if (hasResult && !isRunning()) bulk.set(null);
    else return false;
    return true;
  };
  useEscape(closeOver, query, setQuery);
  return (
    <Page>
      <PageHead title={t("containers.title")} actions={<RunButton project={project} />}>
        <QueryBox fleet={fleet} value={query} onChange={setQuery} onDone={asked.settle} />
        {isReady && <ListCount shown={count} all={containers.count} />}
        <ViewsMenu
          project={project}
          q={query}
          sort={writeSort(sort)}
          onApply={(view) => ask({ q: view.q || undefined, sort: view.sort })}
        />
        <ResortPill moved={order.moved} onResort={order.resort} />
      </PageHead>
      <QueryNotes fleet={fleet} query={query} isHeld={isHeld} onChange={setQuery} />
      {!isReady && <Loading lines={[90, 90, 90, 90, 90]} />}
      {isReady && containers.count === 0 && count === 0 && <NoContainers project={project} />}
      {isReady && (containers.count > 0 || count > 0) && (
        <ContainersList
          project={project}
          order={order}
          sort={sort}
          onSort={(next) => asked.setSort(writeSort(next))}
          ticks={ticks}
          setTicks={setTicks}
          peek={search.peek}
          onPeek={(peek) => ask({ peek })}
          onHold={setHeld}
          onEscape={closeOver}
        />
      )}
      {isReady && containers.count > 0 && count === 0 && <NoMatch query={query} onQuery={setQuery} />}
    </Page>
  );
}

function useEscape(closeOver: () => boolean, query: string, setQuery: (query: string) => void): void {
  useKeys({
    Escape: () => {
      if (closeOver()) return true;
      if (query === "") return false;
      setQuery("");
      return true;
    },
  });
}

function ranksOf(column: string): Ranks | undefined {
  return column === "state" ? CONTAINER_RANK : undefined;
}

/** `isPinned`: something is ticked, or looked at beside the list, or was just done to many: the list does not move. */
function useShown(query: string, sort: Sort, isPinned: boolean) {
  const { fleet } = useFleet();
  const { containers } = fleet;
  const [isHeld, setHeld] = useState(false);
  // A fleet that has just come is ordered at once, and once more when what followed its first picture is in, also where
  // the list is held: a large one that is known is looked at once a second.
  const stage = fleet.isCurrent ? "" : fleet.isReady("containers") ? "first " : "before ";
  const wish = {
    key: `${stage}${query}|${writeSort(sort)}`,
    test: listFilter(fleet, query),
    sort,
    ranks: ranksOf(sort.column),
  };
  const order = useListOrder(containers, wish, isHeld || isPinned);
  usePrepared(fleet, order.prepare);
  return { order, isHeld: isHeld || isPinned, setHeld };
}

/** What the first sort by a column and the first word of a filter need is made while nobody waits for it. */
function usePrepared(fleet: Fleet, prepare: ShownOrder["prepare"]): void {
  const isReady = fleet.isReady("containers");
  useEffect(() => {
    if (!isReady) return;
    const sorts = SORTED.map((column) => () => {
      prepare({ column, descending: false }, ranksOf(column));
    });
    return whenIdle([() => foldedOf(fleet.containers).prepare(), ...sorts]);
  }, [fleet, isReady, prepare]);
}
