import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Sort } from "@/live/compare";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import { ROUTES } from "@/shared/lib/paths";
import { useFleet, useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FilterBox } from "@/shared/ui/FilterBox";
import { Grid } from "@/shared/ui/Grid";
import { readSort, writeSort } from "@/shared/ui/grid";
import { ListCount } from "@/shared/ui/ListCount";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { ResortPill } from "@/shared/ui/ResortPill";
import { SERVICE_RANK } from "@/shared/ui/status";
import { useListOrder } from "@/shared/ui/useListOrder";
import { serviceColumns } from "./columns";
import { CreateButton, NoServices } from "./EmptyServices";
import { serviceFilter } from "./filter";
import { ServiceActions } from "./ServiceActions";

interface Search {
  q?: string | undefined;
  sort?: string | undefined;
}
interface Props {
  project: string;
  search: Search;
  onSearch: (search: Search) => void;
}

const FIRST_SORT: Sort = { column: "name", descending: false };

export function ServicesPage({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState(search.q ?? "");
  const { fleet } = useFleet();
  const isReady = fleet.isReady("services");
  const all = fleet.services.count;
  const shown = useShown(query, readSort(search.sort, FIRST_SORT));
  const count = shown.order.positions.length;
  const filter = (q: string): void => {
    setQuery(q);
    onSearch({ ...search, q: q || undefined });
  };
  return (
    <Page>
      <PageHead title={t("services.title")} actions={<CreateButton project={project} />}>
        <FilterBox
          label={t("services.filter")}
          placeholder={t("services.filterHint")}
          value={query}
          onChange={filter}
        />
        {isReady && <ListCount shown={count} all={all} />}
        <ResortPill moved={shown.order.moved} onResort={shown.order.resort} />
      </PageHead>
      {!isReady && <Loading lines={[90, 90, 90]} />}
      {isReady && count > 0 && (
        <List
          project={project}
          shown={shown}
          onSort={(sort) => onSearch({ ...search, sort: writeSort(sort) })}
        />
      )}
      {isReady && count === 0 && all > 0 && (
        <EmptyState title={t("services.noMatch", { query })}>
          <Button size="xs" variant="default" onClick={() => filter("")}>
            {t("containers.clear")}
          </Button>
        </EmptyState>
      )}
      {isReady && count === 0 && all === 0 && <NoServices project={project} />}
    </Page>
  );
}

type Shown = ReturnType<typeof useShown>;

function useShown(query: string, sort: Sort) {
  const { fleet } = useFleet();
  const [isHeld, setHeld] = useState(false);
  const wish = {
    key: `${query}|${writeSort(sort)}`,
    test: serviceFilter(fleet.services, query),
    sort,
    ranks: sort.column === "state" ? SERVICE_RANK : undefined,
  };
  return { order: useListOrder(fleet.services, wish, isHeld), sort, setHeld };
}

function List({ project, shown, onSort }: { project: string; shown: Shown; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [selected, setSelected] = useState<string | null>(null);
  const [acted, setActed] = useState<string | null>(null);
  const { fleet } = useFleet();
  const table = fleet.services;
  const now_ms = useNow();
  const ids = table.text("id");
  useKeys(
    bind("services", {
      actions: () => {
        if (selected === null) return false;
        setActed(selected);
        return true;
      },
    }),
  );
  const columns = useMemo(
    () => serviceColumns({ table, project, now_ms, onActions: setActed, t }),
    [table, project, now_ms, t],
  );
  return (
    <>
      <Grid
        label={t("services.title")}
        columns={columns}
        positions={shown.order.positions}
        keyOf={(position) => ids[position] ?? ""}
        isGone={(position) => !table.isAlive(position)}
        versionOf={(position) => table.versionOf(position)}
        sort={shown.sort}
        onSort={onSort}
        selected={selected}
        onSelect={setSelected}
        onOpen={(id) => void navigate({ to: ROUTES.service, params: { project, id } })}
        onHold={shown.setHeld}
      />
      {acted !== null && (
        <ServiceActions key={acted} project={project} id={acted} onClose={() => setActed(null)} />
      )}
    </>
  );
}
