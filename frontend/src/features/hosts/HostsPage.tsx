import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import type { Sort } from "@/live/compare";
import { hostsQuery } from "@/shared/api/queries";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { useFleet, useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FilterBox } from "@/shared/ui/FilterBox";
import { Grid } from "@/shared/ui/Grid";
import { readSort, writeSort } from "@/shared/ui/grid";
import { ListCount } from "@/shared/ui/ListCount";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { ResortPill } from "@/shared/ui/ResortPill";
import { HOST_RANK } from "@/shared/ui/status";
import { useListOrder } from "@/shared/ui/useListOrder";
import { Verb } from "@/shared/ui/Verb";
import { AddHost } from "./AddHost";
import { hostColumns } from "./columns";

interface Search {
  q?: string;
  sort?: string;
  add?: boolean;
}
interface Props {
  search: Search;
  onSearch: (search: Search) => void;
}

const FIRST_SORT: Sort = { column: "name", descending: false };

export function HostsPage({ search, onSearch }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState(search.q ?? "");
  const { isAdmin } = useRights("");
  const { fleet } = useFleet();
  const isReady = fleet.isReady("hosts");
  const shown = useShown(query, readSort(search.sort, FIRST_SORT));
  const count = shown.order.positions.length;
  const add = (
    <Verb
      label={t("hosts.add")}
      icon={<IconPlus size={15} />}
      refusal={isAdmin ? null : t("refusal.notAdmin")}
      onClick={() => onSearch({ ...search, add: true })}
    />
  );
  const filter = (q: string): void => {
    setQuery(q);
    onSearch({ ...search, q: q || undefined });
  };
  return (
    <Page>
      <PageHead title={t("hosts.title")} actions={add}>
        <FilterBox
          label={t("hosts.filter")}
          placeholder={t("hosts.filterHint")}
          value={query}
          onChange={filter}
        />
        {isReady && <ListCount shown={count} all={fleet.hosts.count} />}
        <ResortPill moved={shown.order.moved} onResort={shown.order.resort} />
      </PageHead>
      {!isReady && <Loading lines={[90, 90, 90]} />}
      {isReady && count > 0 && (
        <List shown={shown} onSort={(sort) => onSearch({ ...search, sort: writeSort(sort) })} />
      )}
      {isReady && count === 0 && fleet.hosts.count > 0 && (
        <EmptyState title={t("hosts.noMatch", { query })}>
          <Button size="xs" variant="default" onClick={() => filter("")}>
            {t("containers.clear")}
          </Button>
        </EmptyState>
      )}
      {isReady && count === 0 && fleet.hosts.count === 0 && (
        <EmptyState title={t("hosts.empty")} text={t("hosts.emptyText")}>
          {add}
        </EmptyState>
      )}
      <AddHost isOpen={search.add === true} onClose={() => onSearch({ ...search, add: undefined })} />
    </Page>
  );
}

type Shown = ReturnType<typeof useShown>;

function useShown(query: string, sort: Sort) {
  const { fleet } = useFleet();
  const [isHeld, setHeld] = useState(false);
  const wish = {
    key: `${query}|${writeSort(sort)}`,
    test: hostFilter(fleet.hosts, query),
    sort,
    ranks: sort.column === "state" ? HOST_RANK : undefined,
  };
  return { order: useListOrder(fleet.hosts, wish, isHeld), sort, setHeld };
}

/** Words in name, zone and URL; `state:lost`. */
function hostFilter(table: HostTable, query: string): (position: number) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const places = [table.text("name"), table.text("zone"), table.text("url")];
  const states = table.text("state");
  return (at) =>
    words.every((word) => {
      if (word.startsWith("state:")) return states[at]?.startsWith(word.slice("state:".length));
      if (word.startsWith("zone:"))
        return places[1]?.[at]?.toLowerCase().startsWith(word.slice("zone:".length));
      return places.some((values) => values[at]?.toLowerCase().includes(word));
    });
}

function List({ shown, onSort }: { shown: Shown; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [selected, setSelected] = useState<string | null>(null);
  const { fleet } = useFleet();
  const { data: hosts } = useQuery(hostsQuery);
  const now_ms = useNow();
  const names = fleet.hosts.text("name");
  const columns = useMemo(
    () => hostColumns({ table: fleet.hosts, hosts: hosts ?? [], now_ms, t }),
    [fleet, hosts, now_ms, t],
  );
  return (
    <Grid
      label={t("hosts.title")}
      columns={columns}
      positions={shown.order.positions}
      keyOf={(position) => names[position] ?? ""}
      isGone={(position) => !fleet.hosts.isAlive(position)}
      versionOf={(position) => fleet.hosts.versionOf(position)}
      sort={shown.sort}
      onSort={onSort}
      selected={selected}
      onSelect={setSelected}
      onOpen={(name) => void navigate({ to: ROUTES.host, params: { name } })}
      onHold={shown.setHeld}
    />
  );
}
