import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "@/shared/api/problem";
import { ROUTES } from "@/shared/lib/paths";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { Landing } from "./Landing";
import styles from "./Placement.module.css";
import { simulationQuery } from "./queries";
import {
  fieldOf,
  isAsked,
  isCount,
  MOST,
  type PlacementSearch,
  searchOf,
  simulationOf,
  type WishField,
  wishOf,
} from "./search";
import { SimulateForm } from "./SimulateForm";

interface Props {
  project: string;
  search: PlacementSearch;
  onSearch: (search: PlacementSearch) => void;
}

const EXAMPLE: PlacementSearch = { n: 20, cpu: 2, memory: "4g", spread: "zone" };

/** Where so many containers would go. What is shown is what the address asks: it can be sent to somebody. */
export function SimulateTab({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const wish = wishOf(search);
  const isAny = isAsked(search);
  const asked = isAny && isCount(wish.n);
  const { data, error, isFetching, refetch } = useQuery({
    ...simulationQuery(simulationOf(wish, project)),
    enabled: asked,
  });
  const fields = asked && error instanceof RequestFailed ? error.fields : [];
  const at = (field: WishField): string | undefined =>
    field === "n" && !isCount(wish.n)
      ? t("simulate.wrongCount", { most: MOST })
      : fields.find((one) => fieldOf(one.pointer) === field)?.message;
  const isPlaced = fields.length > 0 && fields.every((one) => fieldOf(one.pointer) !== undefined);
  return (
    <div className={styles.parts}>
      <SimulateForm
        project={project}
        first={wish}
        at={at}
        isBusy={asked && isFetching}
        onAsk={(next) => {
          if (JSON.stringify(searchOf(next)) === JSON.stringify(searchOf(wish))) void refetch();
          else onSearch(searchOf(next));
        }}
      />
      {!isAny && (
        <Panel>
          <EmptyState title={t("simulate.none")} text={t("simulate.noneText")}>
            <Link to={ROUTES.placement} search={EXAMPLE}>
              {t("simulate.example")}
            </Link>
          </EmptyState>
        </Panel>
      )}
      {asked && error && !isPlaced && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {asked && !error && !data && <Loading lines={[40, 100, 100]} />}
      {asked && !error && data && <Landing found={data} wish={wish} />}
    </div>
  );
}
