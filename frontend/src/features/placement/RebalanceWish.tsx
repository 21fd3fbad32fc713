import { Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProjectRebalance } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { useRights } from "@/shared/lib/roles";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import { GoalSelect } from "./GoalSelect";
import { HostLink } from "./HostLink";
import styles from "./Placement.module.css";
import { rebalanceQuery, type RebalanceSaid, saveRebalance } from "./queries";
import { isWithin, MOST_MOVES } from "./search";

const MINUTE_S = 60;
const MOST_MINUTES = 10_080;

/** Whether the project is rebalanced by itself; its owners say so. And what came of it. */
export function RebalanceWish({ project }: { project: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(rebalanceQuery(project));
  return (
    <Panel title={t("rebalance.own")} note={t("rebalance.ownNote", { project })}>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className={styles.stack}>
          <WishForm key={data.generation} project={project} wish={data} />
          <p className="soft">{t("rebalance.calm")}</p>
          <LastRound wish={data} />
        </div>
      )}
    </Panel>
  );
}

interface Draft extends Omit<RebalanceSaid, "moves" | "interval_s"> {
  moves: string;
  minutes: string;
}

function draftOf(wish: ProjectRebalance): Draft {
  const { is_on, goal, moves, interval_s } = wish;
  return { is_on, goal, moves: String(moves), minutes: String(Math.round(interval_s / MINUTE_S)) };
}

function WishForm({ project, wish }: { project: string; wish: ProjectRebalance }) {
  const { t } = useTranslation();
  const { mayLetRebalance } = useRights(project);
  const first = draftOf(wish);
  const [draft, setDraft] = useState(first);
  const save = useSave(project, wish.generation);
  const wrongMoves = isWithin(draft.moves, 1, MOST_MOVES)
    ? undefined
    : t("rebalance.wrongMoves", { most: MOST_MOVES });
  const wrongEvery = isWithin(draft.minutes, 1, MOST_MINUTES)
    ? undefined
    : t("rebalance.wrongEvery", { most: MOST_MINUTES });
  const isSame = JSON.stringify(draft) === JSON.stringify(first);
  const refusal = !mayLetRebalance
    ? t("refusal.notOwner")
    : (wrongMoves ?? wrongEvery)
      ? t("rebalance.unready")
      : isSame
        ? t("hosts.labelsSame")
        : null;
  const send = (): void => {
    const { is_on, goal } = draft;
    save.mutate({
      is_on,
      goal,
      moves: Number(draft.moves),
      interval_s: Number(draft.minutes) * MINUTE_S,
    });
  };
  const text = (name: "moves" | "minutes", label: string, wrong: string | undefined) => ({
    size: "xs" as const,
    className: wrong !== undefined ? styles.wrong : name === "moves" ? styles.number : undefined,
    inputMode: "numeric" as const,
    readOnly: !mayLetRebalance,
    label,
    value: draft[name],
    error: wrong,
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  return (
    <form
      className={styles.form}
      aria-label={t("rebalance.own")}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        if (refusal === null) send();
      }}
    >
      <Switch
        size="xs"
        className={styles.switch}
        label={t("rebalance.isOn", { project })}
        checked={draft.is_on}
        disabled={!mayLetRebalance}
        onChange={(event) => setDraft({ ...draft, is_on: event.currentTarget.checked })}
      />
      <GoalSelect
        value={draft.goal}
        isLocked={!mayLetRebalance}
        onChange={(goal) => setDraft({ ...draft, goal })}
      />
      <TextInput {...text("moves", t("rebalance.moves"), wrongMoves)} />
      <TextInput {...text("minutes", t("rebalance.every"), wrongEvery)} />
      <Verb label={t("rebalance.save")} refusal={refusal} isBusy={save.isPending} onClick={send} />
      {save.error && <ErrorNote error={save.error} />}
    </form>
  );
}

function useSave(project: string, generation: number) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const query = rebalanceQuery(project);
  return useMutation({
    mutationFn: (said: RebalanceSaid) => saveRebalance(project, said, generation),
    onSuccess: (saved) => {
      cache.setQueryData(query.queryKey, saved);
      notify({ message: t(saved.is_on ? "rebalance.saved" : "rebalance.savedOff", { project }) });
    },
  });
}

/** What came of the last look, or why nothing is moved now. */
function LastRound({ wish }: { wish: ProjectRebalance }) {
  const { t } = useTranslation();
  const { is_on, is_under_way, looked_at, next_at, message, moved } = wish;
  if (!is_on && looked_at === null) return null;
  const next =
    next_at === null || is_under_way ? "" : `; ${t("rebalance.next", { at: showMoment(next_at) })}`;
  return (
    <section data-testid="rounds" className={styles.rounds}>
      <h3>{is_under_way ? t("rebalance.underWay") : t("rebalance.last")}</h3>
      {(message !== "" || looked_at === null) && <p>{message === "" ? t("rebalance.never") : message}</p>}
      {looked_at !== null && (
        <p className="soft">
          {t("rebalance.at", { at: showMoment(looked_at) })}
          {next}
        </p>
      )}
      {moved.length > 0 && (
        <SimpleTable
          label={t("rebalance.moved")}
          heads={[t("plans.container"), t("plans.host"), t("plans.to"), t("plans.why")]}
          rows={moved.map((one, index) => ({
            key: String(index),
            cells: [
              <span key="name" className="mono">
                {one.container}
              </span>,
              <HostLink key="host" name={one.host} />,
              <HostLink key="to" name={one.to} />,
              one.why,
            ],
          }))}
        />
      )}
    </section>
  );
}
