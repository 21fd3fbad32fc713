import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Advice, Container, Decision } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Fixes, Nearest } from "@/shared/ui/Fixes";
import { Funnel } from "@/shared/ui/Funnel";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { RefusedHosts } from "@/shared/ui/RefusedHosts";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import styles from "./ContainerPage.module.css";
import { decisionQuery } from "./queries";

/** Why here: the kept decision, from all hosts down to the one. Why nowhere: how things are now, and what would help. */
export function WhyTab({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const asOf = `${container.attempt}.${container.status}.${container.message}`;
  const { data, error, refetch } = useQuery(decisionQuery({ project: container.project, id }, asOf));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.verdict === null && data.now === null)
    return <EmptyState title={t("why.none")} text={data.text} />;
  return (
    <div className={styles.scroll}>
      {data.now === null ? (
        <Placed decision={data} isSaid={data.text === container.message} />
      ) : (
        <Waits container={container} decision={data} now={data.now} />
      )}
    </div>
  );
}

/** It has a host, or had one: all that is told is of then. */
function Placed({ decision, isSaid }: { decision: Decision; isSaid: boolean }) {
  const { t } = useTranslation();
  const decided = t("why.decidedAt", { at: showMoment(decision.at) });
  return (
    <>
      <p className={styles.verdict}>{verdict(decision, t)}</p>
      <p className="soft">{isSaid ? decided : `${decision.text} · ${decided}`}</p>
      <Funnel total={decision.hosts_total} steps={decision.funnel} note={t("funnel.note")} />
      <Scores decision={decision} />
      <RefusedHosts refused={decision.refused} note={String(decision.refused.length)} />
    </>
  );
}

/** It waits: what is in the way now, what would help; and below, what the last decision saw. */
function Waits({ container, decision, now }: { container: Container; decision: Decision; now: Advice }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles.verdict}>
        {now.fits > 0 ? t("fixes.fits", { count: now.fits }) : t("why.refused", { total: now.hosts_total })}
      </p>
      {now.text !== container.message && now.fits === 0 && <p className="soft">{now.text}</p>}
      {now.fits === 0 && <Fixes advice={now} edit={<EditLink container={container} />} />}
      <Funnel
        total={now.hosts_total}
        steps={now.funnel}
        note={t("funnel.noteNow", { at: showMoment(now.at) })}
      />
      <Nearest advice={now} />
      {decision.verdict !== null && (
        <>
          <h2 className={styles.then}>
            {t("why.then", { at: showMoment(decision.at) })} <span className="soft">{t("why.thenNote")}</span>
          </h2>
          {decision.text !== container.message && <p className="soft">{decision.text}</p>}
          <Scores decision={decision} />
          <RefusedHosts refused={decision.refused} note={String(decision.refused.length)} />
        </>
      )}
    </>
  );
}

function EditLink({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { project, service_id, slot } = container;
  if (service_id === null) {
    return (
      <Link to={ROUTES.run} params={{ project }} search={{ from: slot }}>
        {t("fixes.anew")}
      </Link>
    );
  }
  return (
    <Link to={ROUTES.editService} params={{ project, id: service_id }}>
      {t("fixes.change")}
    </Link>
  );
}

function verdict(decision: Decision, t: TFunction): string {
  const total = decision.hosts_total;
  if (decision.verdict === "refused") return t("why.refused", { total });
  const fits = decision.funnel.at(-1)?.left ?? total - decision.refused.length;
  return t("why.placed", { host: decision.host ?? "?", fits, total });
}

/** How the server names a wish to be apart within a host label. */
const APART_IN = "apart in ";

function Scores({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const known = useCodeName("score");
  const scoreName = (term: string): string =>
    term.startsWith(APART_IN) ? t("score.apart in", { label: term.slice(APART_IN.length) }) : known(term);
  if (decision.scores.length === 0) return null;
  const terms = [...new Set(decision.scores.flatMap((score) => Object.keys(score.terms)))];
  const rows = decision.scores.map((score) => ({
    key: score.host,
    cells: [
      <span key="host" className="mono">
        {score.host}
      </span>,
      score.total.toFixed(2),
      ...terms.map((term) => score.terms[term]?.toFixed(2) ?? "–"),
    ],
  }));
  return (
    <Panel title={t("why.scores")} note={t("why.scoresNote")} isFlush>
      <SimpleTable
        label={t("why.scores")}
        heads={[t("column.host"), t("why.total"), ...terms.map(scoreName)]}
        rows={rows}
      />
    </Panel>
  );
}
