import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Container, Decision } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { showMoment } from "@/shared/lib/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import styles from "./ContainerPage.module.css";
import { decisionQuery } from "./queries";

/** Why here, or why nowhere: the kept decision, from all hosts down to the one. */
export function WhyTab({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const asOf = `${container.attempt}.${container.status}.${container.message}`;
  const { data, error, refetch } = useQuery(decisionQuery({ project: container.project, id }, asOf));
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.verdict === null) return <EmptyState title={t("why.none")} text={data.text} />;
  return (
    <div className={styles.scroll}>
      <p className={styles.verdict}>{verdict(data, t)}</p>
      <p className="soft">
        {[data.text, t("why.decidedAt", { at: showMoment(data.at) })]
          .filter((text) => text !== container.message)
          .join(" · ")}
      </p>
      <Funnel decision={data} />
      <Scores decision={data} />
      <RefusedHosts decision={data} />
    </div>
  );
}

function verdict(decision: Decision, t: TFunction): string {
  const total = decision.hosts_total;
  if (decision.verdict === "refused") return t("why.refused", { total });
  const fits = decision.funnel.at(-1)?.left ?? total - decision.refused.length;
  return t("why.placed", { host: decision.host ?? "?", fits, total });
}

function Funnel({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const filterName = useCodeName("filter");
  if (decision.funnel.length === 0) return null;
  const steps = [{ filter: t("why.all"), refused: 0, left: decision.hosts_total }, ...decision.funnel];
  return (
    <Panel title={t("why.funnel")} note={t("why.funnelNote")}>
      <ol className={styles.funnel}>
        {steps.map((step) => (
          <li key={step.filter} className={styles.step}>
            <span>{filterName(step.filter)}</span>
            <span className={styles.stepBar} aria-hidden="true">
              <span style={{ width: `${(step.left / Math.max(1, decision.hosts_total)) * 100}%` }} />
            </span>
            <span>
              <span className="soft">{t("why.left", { count: step.left })}</span>
              {step.refused > 0 && (
                <span className={styles.stepRefused}>{t("why.refusedCount", { count: step.refused })}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Scores({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const scoreName = useCodeName("score");
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

function RefusedHosts({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const filterName = useCodeName("filter");
  if (decision.refused.length === 0) return null;
  const rows = decision.refused.map((one) => ({
    key: `${one.host}/${one.filter}`,
    cells: [
      <span key="host" className="mono">
        {one.host}
      </span>,
      filterName(one.filter),
      one.reason,
    ],
  }));
  return (
    <Panel title={t("why.refusedHosts")} note={String(decision.refused.length)} isFlush>
      <SimpleTable
        label={t("why.refusedHosts")}
        heads={[t("column.host"), t("why.filter"), t("why.reason")]}
        rows={rows}
      />
    </Panel>
  );
}
