import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { compareBy, type Sort } from "@/live/order";
import { containerFilter } from "@/live/query";
import { hostsQuery } from "@/shared/api/queries";
import { showCount } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { useFleet, useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FirstSteps } from "@/shared/ui/EmptyStateSteps";
import { FilterBox } from "@/shared/ui/FilterBox";
import { Grid } from "@/shared/ui/Grid";
import { readSort, writeSort } from "@/shared/ui/grid";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { ResortPill } from "@/shared/ui/ResortPill";
import { CONTAINER_RANK } from "@/shared/ui/status";
import { useListOrder } from "@/shared/ui/useListOrder";
import { Verb } from "@/shared/ui/Verb";
import { containerColumns } from "./columns";

interface Search {
  q?: string;
  sort?: string;
}
interface Props {
  project: string;
  search: Search;
  onSearch: (search: Search) => void;
}

const FIRST_SORT: Sort = { column: "state", descending: false };

export function ContainersPage({ project, search, onSearch }: Props) {
  const { t, i18n } = useTranslation();
  const [query, setQuery] = useState(search.q ?? "");
  const { fleet } = useFleet();
  const { containers } = fleet;
  const isReady = fleet.isReady("containers");
  const shown = useShown(query, readSort(search.sort, FIRST_SORT));
  const filter = (q: string): void => {
    setQuery(q);
    onSearch({ ...search, q: q || undefined });
  };
  return (
    <Page>
      <PageHead title={t("containers.title")} actions={<RunButton project={project} />}>
        <FilterBox
          label={t("containers.filter")}
          placeholder={t("containers.filterHint")}
          value={query}
          onChange={filter}
        />
        <span className="soft" role="status">
          {isReady &&
            t("list.count", {
              shown: showCount(shown.order.positions.length, i18n.language),
              all: showCount(containers.count, i18n.language),
            })}
        </span>
        <ResortPill moved={shown.order.moved} onResort={shown.order.resort} />
      </PageHead>
      {!isReady && <Loading lines={[90, 90, 90, 90, 90]} />}
      {isReady && containers.count === 0 && shown.order.positions.length === 0 && (
        <NoContainers project={project} />
      )}
      {isReady && (containers.count > 0 || shown.order.positions.length > 0) && (
        <List
          project={project}
          shown={shown}
          onSort={(sort) => onSearch({ ...search, sort: writeSort(sort) })}
        />
      )}
      {isReady && containers.count > 0 && shown.order.positions.length === 0 && (
        <EmptyState title={t("containers.noMatch", { query })}>
          <Button size="xs" variant="default" onClick={() => filter("")}>
            {t("containers.clear")}
          </Button>
        </EmptyState>
      )}
    </Page>
  );
}

type Shown = ReturnType<typeof useShown>;

function useShown(query: string, sort: Sort) {
  const { fleet } = useFleet();
  const { containers } = fleet;
  const [isHeld, setHeld] = useState(false);
  const ranks = sort.column === "state" ? CONTAINER_RANK : undefined;
  const wish = {
    key: `${query}|${writeSort(sort)}`,
    test: containerFilter(containers, query),
    compare: compareBy(containers, sort, ranks),
  };
  return { order: useListOrder(containers, wish, isHeld), sort, setHeld };
}

function List({ project, shown, onSort }: { project: string; shown: Shown; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [selected, setSelected] = useState<string | null>(null);
  const { fleet } = useFleet();
  const { data: hosts } = useQuery(hostsQuery);
  const now_ms = useNow();
  const slots = fleet.containers.text("slot");
  const columns = containerColumns({ fleet, hosts: hosts ?? [], project, now_ms, t });
  return (
    <Grid
      label={t("containers.title")}
      columns={columns}
      positions={shown.order.positions}
      keyOf={(position) => slots[position] ?? ""}
      isGone={(position) => !fleet.containers.isAlive(position)}
      sort={shown.sort}
      onSort={onSort}
      selected={selected}
      onSelect={setSelected}
      onOpen={(id) => void navigate({ to: ROUTES.container, params: { project, id } })}
      onHold={shown.setHeld}
    />
  );
}

function RunButton({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const icon = <IconPlus size={15} />;
  if (!mayOperate) {
    return (
      <Verb label={t("containers.run")} icon={icon} refusal={t("refusal.viewer")} onClick={() => undefined} />
    );
  }
  return (
    <Button
      size="xs"
      leftSection={icon}
      renderRoot={(props) => <Link to={ROUTES.run} params={{ project }} {...props} />}
    >
      {t("containers.run")}
    </Button>
  );
}

function NoContainers({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const { fleet } = useFleet();
  const hasHost = fleet.hosts.count > 0 || !fleet.isReady("hosts");
  return (
    <EmptyState
      title={t("containers.empty")}
      text={
        !mayOperate
          ? t("containers.emptyViewer")
          : hasHost
            ? t("containers.emptyText")
            : t("containers.emptyNoHost")
      }
    >
      <FirstSteps project={project} />
    </EmptyState>
  );
}
