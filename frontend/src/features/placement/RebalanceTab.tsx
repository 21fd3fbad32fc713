import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRights } from "@/shared/lib/roles";
import { Panel } from "@/shared/ui/Panel";
import { PlanDialog } from "@/shared/ui/PlanDialog";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import { GoalSelect } from "./GoalSelect";
import styles from "./Placement.module.css";
import { rebalanceQuery } from "./queries";
import { RebalanceWish } from "./RebalanceWish";
import { isWithin, MOST_MOVES, type PlacementSearch } from "./search";

interface Props {
  project: string;
  search: PlacementSearch;
  onSearch: (search: PlacementSearch) => void;
}

const MOVES = "5";

/** The few moves that help most: asked for, looked at, and then made; and whether the project does so by itself. */
export function RebalanceTab({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { mayOperate } = useRights(project);
  const [isShown, setShown] = useState(false);
  const goal = search.goal ?? "spread";
  const moves = String(search.moves ?? MOVES);
  const isRight = isWithin(moves, 1, MOST_MOVES);
  const wrong = isRight ? undefined : t("rebalance.wrongMoves", { most: MOST_MOVES });
  const refusal = mayOperate ? (wrong ?? null) : t("refusal.viewer");
  return (
    <div className={styles.parts}>
      <Panel title={t("rebalance.title", { project })} note={t("rebalance.note")}>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (refusal === null) setShown(true);
          }}
        >
          <GoalSelect value={goal} onChange={(value) => onSearch({ ...search, goal: value })} />
          <TextInput
            size="xs"
            className={wrong === undefined ? styles.number : styles.wrong}
            inputMode="numeric"
            label={t("rebalance.moves")}
            value={moves}
            error={wrong}
            onChange={(event) => onSearch({ ...search, moves: event.currentTarget.value })}
          />
          <Verb label={t("rebalance.show")} refusal={refusal} onClick={() => setShown(true)} />
        </form>
        <p className={styles.rule}>{t("rebalance.rule")}</p>
      </Panel>
      <RebalanceWish project={project} />
      {isShown && (
        <PlanDialog
          title={t("plans.rebalance", { project })}
          changes={[{ verb: "rebalance", project, body: { goal, moves: Number(moves) } }]}
          onClose={() => setShown(false)}
          onApplied={() => {
            setShown(false);
            notify({ message: t("rebalance.started", { project }) });
            void cache.invalidateQueries({ queryKey: rebalanceQuery(project).queryKey });
          }}
        />
      )}
    </div>
  );
}
