import { Button, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "../api/client";
import { applyPlan, planQuery } from "../api/plans";
import type { Plan, PlanChange, PlanWaiting } from "../api/types";
import { showCores, showMemory } from "../lib/format";
import { Dialog } from "./Dialog";
import { ErrorNote } from "./ErrorNote";
import { Loading } from "./Loading";
import block from "./Block.module.css";
import styles from "./PlanDialog.module.css";
import { SimpleTable } from "./SimpleTable";

const SHOWN = 200;

interface Props {
  title: string;
  changes: readonly PlanChange[];
  onClose: () => void;
  /** Once the server has taken all of it. */
  onApplied: () => void;
}

/** What these changes would bring, step by step; then they are made as they were shown, or not at all. */
export function PlanDialog({ title, changes, onClose, onApplied }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch, isFetching } = useQuery(planQuery(changes));
  const [key, setKey] = useState(newKey);
  const apply = useMutation({ mutationFn: (plan: Plan) => applyPlan(plan, key), onSuccess: onApplied });
  const lookAgain = (): void => {
    setKey(newKey());
    apply.reset();
    void refetch();
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} size="xl">
      <div className={block.parts} data-testid="plan">
        {error && <ErrorNote error={error} onRetry={lookAgain} />}
        {!data && !error && <Loading lines={[80, 60, 60]} />}
        {data && !error && <PlanView plan={data} />}
        {apply.error && <ErrorNote error={apply.error} />}
        <Group justify="flex-end">
          <Button size="xs" variant="default" loading={isFetching && !!data} onClick={lookAgain}>
            {t("plans.lookAgain")}
          </Button>
          <Button size="xs" variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button
            size="xs"
            disabled={!data || !!error || isFetching || isIdle(data)}
            loading={apply.isPending}
            onClick={() => data && apply.mutate(data)}
          >
            {t("plans.apply")}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}

/** A rebalance that has found nothing to move. */
function isIdle(plan: Plan): boolean {
  return plan.changes.at(-1)?.verb === "rebalance" && plan.moves.length === 0;
}

function PlanView({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const { cpu_millis, memory_bytes } = plan.peak;
  const rows = plan.steps.slice(0, SHOWN).map((step, index) => ({
    key: String(index),
    cells: [t(`plans.doing.${step.doing}`), step.container, step.host ?? "–", step.why],
  }));
  const more = plan.steps.length - rows.length;
  return (
    <>
      <p>{isIdle(plan) ? t("plans.noMoves") : plan.summary}</p>
      {(cpu_millis > 0 || memory_bytes > 0) && (
        <p className="soft">
          {t("plans.peak", { cpu: showCores(cpu_millis), memory: showMemory(memory_bytes) })}
        </p>
      )}
      {plan.moves.length > 0 && (
        <section>
          <h3>{t("plans.moves", { count: plan.moves.length })}</h3>
          <SimpleTable
            label={t("plans.moves", { count: plan.moves.length })}
            heads={[t("plans.container"), t("plans.host"), t("plans.to"), t("plans.why")]}
            rows={plan.moves.map((one, index) => ({
              key: String(index),
              cells: [one.container, one.host ?? "–", one.to, one.why],
            }))}
          />
        </section>
      )}
      <Lacking title={t("plans.unplaced", { count: plan.unplaced.length })} rows={plan.unplaced} />
      <Lacking title={t("plans.stays", { count: plan.stays.length })} rows={plan.stays} />
      {rows.length > 0 && (
        <section>
          <h3>{t("plans.steps")}</h3>
          <div className={styles.steps}>
            <SimpleTable
              label={t("plans.steps")}
              heads={[t("plans.what"), t("plans.container"), t("plans.host"), t("plans.why")]}
              rows={rows}
            />
          </div>
          {more > 0 && <p className="soft">{t("plans.more", { count: more })}</p>}
        </section>
      )}
      <p className="soft">{t("plans.assumes")}</p>
    </>
  );
}

/** What would not fit, each with its reason. */
function Lacking({ title, rows }: { title: string; rows: readonly PlanWaiting[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <section className={styles.lacks}>
      <h3>{title}</h3>
      <SimpleTable
        label={title}
        heads={[t("plans.container"), t("plans.host"), t("plans.why")]}
        rows={rows.slice(0, SHOWN).map((one, index) => ({
          key: String(index),
          cells: [one.container, one.host ?? "–", one.why],
        }))}
      />
    </section>
  );
}
