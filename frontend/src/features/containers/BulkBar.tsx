import { Button } from "@mantine/core";
import { IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRights } from "@/shared/lib/roles";
import { useFleet } from "@/shared/live/hooks";
import { session } from "@/shared/live/session";
import { Confirm } from "@/shared/ui/Confirm";
import { Verb } from "@/shared/ui/Verb";
import { bulk, type Choice, choose, isRunning, runBulk, type Target } from "./bulk";
import styles from "./List.module.css";
import { askFor, type VerbName } from "./queries";
import { factsOf, rowRefusal } from "./rowFacts";
import { NO_TICKS, type Ticks, withoutIds } from "./ticks";
import type { SetTicks } from "./useTicks";

const VERBS = ["stop", "restart", "remove"] as const;
/** More than so many are asked about first, whatever the verb is. */
const MOST_UNASKED = 20;
const MOST_NAMES = 200;
const ICON = {
  stop: <IconPlayerStop size={15} stroke={1.7} />,
  restart: <IconRefresh size={15} stroke={1.7} />,
  remove: <IconTrash size={15} stroke={1.7} />,
} as const;

interface Props {
  project: string;
  ticks: Ticks;
  setTicks: SetTicks;
  /** How many of the ticked ones the filter does not show. */
  hidden: number;
  /** Names of rows that went stay known to the list. */
  nameOf: (id: string) => string;
}

/** What can be done with all that is ticked: each verb with how many it is for, and why not for the others. */
export function BulkBar({ project, ticks, setTicks, hidden, nameOf }: Props) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<VerbName | null>(null);
  const choices = useChoices(project, ticks, nameOf);
  const count = ticks.ids.size;
  if (count === 0) return null;
  const run = (verb: VerbName): void => {
    setAsked(null);
    void send({ project, verb, targets: choices[verb].allowed }).then((done) => {
      // What is going is not worked on any more; after a stop somebody may want to remove the same ones.
      if (verb === "remove") setTicks((now) => withoutIds(now, done));
    });
  };
  const start = (verb: VerbName): void => {
    if (verb === "remove" || choices[verb].allowed.length > MOST_UNASKED) setAsked(verb);
    else run(verb);
  };
  return (
    <section className={styles.bulk} aria-label={t("bulk.label")}>
      <strong role="status">{t("bulk.ticked", { count })}</strong>
      {hidden > 0 && <span className="soft">{t("bulk.hidden", { count: hidden })}</span>}
      {VERBS.map((verb) => {
        const { allowed, refused } = choices[verb];
        return (
          <Verb
            key={verb}
            label={`${t(`verb.${verb}`)} ${allowed.length}`}
            icon={ICON[verb]}
            refusal={allowed.length === 0 ? reasons(refused, t) : null}
            isDanger={verb === "remove"}
            isDestructive
            onClick={() => start(verb)}
          />
        );
      })}
      <Refusals choices={choices} />
      <span className={styles.bulkEnd}>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          c="var(--text)"
          onClick={() => setTicks(() => NO_TICKS)}
        >
          {t("bulk.clear")}
        </Button>
      </span>
      <ConfirmMany asked={asked} choices={choices} onConfirm={run} onClose={() => setAsked(null)} />
    </section>
  );
}

type Choices = Record<VerbName, Choice>;

function useChoices(project: string, ticks: Ticks, nameOf: (id: string) => string): Choices {
  const { fleet } = useFleet();
  const { mayOperate } = useRights(project);
  const targets = [...ticks.ids].map((id) => ({ id, name: nameOf(id) }));
  const of = (verb: VerbName): Choice =>
    choose(targets, (id) => rowRefusal(verb, factsOf(fleet.containers, id), mayOperate));
  return { stop: of("stop"), restart: of("restart"), remove: of("remove") };
}

interface Sending {
  project: string;
  verb: VerbName;
  targets: readonly Target[];
}

/** Answers the ids of those that it was done to. */
async function send({ project, verb, targets }: Sending): Promise<string[]> {
  if (isRunning()) return [];
  const results = await runBulk({
    project,
    verb,
    targets,
    // By id, in the fleet as it is by then.
    refusal: (id) => rowRefusal(verb, factsOf(session.fleet.containers, id), true),
    send: (id) => askFor(verb, { project, id }),
  });
  return results.filter((one) => one.outcome === "done").map((one) => one.id);
}

function reasons(refused: Choice["refused"], t: TFunction): string {
  return [...refused]
    .map(([reason, count]) => t("bulk.reason", { count, reason: t(`refusal.${reason}`) }))
    .join(" · ");
}

/** Under the verbs that are for some only. */
function Refusals({ choices }: { choices: Choices }) {
  const { t } = useTranslation();
  const partly = VERBS.filter((verb) => choices[verb].refused.size > 0 && choices[verb].allowed.length > 0);
  if (partly.length === 0) return null;
  return (
    <span className={styles.refusals}>
      {partly.map((verb) => (
        <span key={verb}>
          {t("bulk.notFor", { verb: t(`verb.${verb}`), reasons: reasons(choices[verb].refused, t) })}
        </span>
      ))}
    </span>
  );
}

interface ConfirmProps {
  asked: VerbName | null;
  choices: Choices;
  onConfirm: (verb: VerbName) => void;
  onClose: () => void;
}

function ConfirmMany({ asked, choices, onConfirm, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const verb = asked ?? "remove";
  const { allowed } = choices[verb];
  const count = allowed.length;
  return (
    <Confirm
      isOpen={asked !== null}
      title={t(`bulk.ask.${verb}`, { count })}
      verb={`${t(`verb.${verb}`)} ${count}`}
      isBusy={bulk.get()?.isOver === false}
      onConfirm={() => onConfirm(verb)}
      onClose={onClose}
    >
      {verb === "remove" && <p>{t("bulk.removeText")}</p>}
      <ul className={styles.names} tabIndex={0} aria-label={t("bulk.names")}>
        {allowed.slice(0, MOST_NAMES).map((one) => (
          <li key={one.id} className="mono">
            {one.name}
          </li>
        ))}
        {count > MOST_NAMES && <li className="soft">{t("bulk.more", { count: count - MOST_NAMES })}</li>}
      </ul>
    </Confirm>
  );
}
