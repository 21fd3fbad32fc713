import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Advice, DecisionGroup, Service } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Fixes, Nearest } from "@/shared/ui/Fixes";
import { Funnel } from "@/shared/ui/Funnel";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { RefusedHosts } from "@/shared/ui/RefusedHosts";
import { decisionsQuery } from "./queries";
import styles from "./Services.module.css";

/** Why those that wait do, as things are now; and what was decided about its containers, pass by pass. */
export function DecisionsTab({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(decisionsQuery(service, String(service.version)));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.results.length + data.waiting.length === 0) {
    return <EmptyState title={t("decisions.none")} text={t("decisions.noneText")} />;
  }
  return (
    <div className={styles.decisions}>
      {data.waiting.map((advice) => (
        <Waiting key={advice.container} service={service} advice={advice} />
      ))}
      {data.results.length > 0 && (
        <Panel title={t("decisions.title")} note={t("decisions.note")} isFlush>
          {data.results.map((group) => (
            <Group key={`${group.id}.${group.verdict}`} service={service} group={group} />
          ))}
        </Panel>
      )}
    </div>
  );
}

function Waiting({ service, advice }: { service: Service; advice: Advice }) {
  const { t } = useTranslation();
  const at = showMoment(advice.at);
  return (
    <section className={styles.decisions} data-testid="waiting">
      <div>
        <h2 className={styles.waits}>{t("decisions.waiting", { count: advice.waiting })}</h2>
        <p className="soft">
          {advice.text} · {t("decisions.asOf", { at })}
        </p>
      </div>
      {advice.fits === 0 && (
        <Fixes
          advice={advice}
          edit={
            <Link to={ROUTES.editService} params={{ project: service.project, id: service.id }}>
              {t("fixes.change")}
            </Link>
          }
        />
      )}
      <Funnel total={advice.hosts_total} steps={advice.funnel} note={t("funnel.noteNow", { at })} />
      <Nearest advice={advice} />
    </section>
  );
}

/** One pass: a line, and all of it when it is opened. */
function Group({ service, group }: { service: Service; group: DecisionGroup }) {
  const { t } = useTranslation();
  const count = group.containers;
  return (
    <details className={styles.decision} data-testid="decision" data-verdict={group.verdict}>
      <summary>
        <span className="mono">{showMoment(group.at)}</span>
        <b>{t(`decisions.${group.verdict}`, { count })}</b>
        <span className="soft">{group.text}</span>
      </summary>
      <div className={styles.decided}>
        <p>
          {t("decisions.examples")}:{" "}
          {group.examples.map(({ container, name }) => (
            <Example key={container} project={service.project} id={container} name={name} />
          ))}
          {count > group.examples.length && t("decisions.more", { count: count - group.examples.length })}
        </p>
        {group.hosts.length > 0 && (
          <p>
            {t("decisions.hosts")}: {group.hosts.map((one) => `${one.host} ${one.containers}`).join(", ")}
            {group.hosts_used > group.hosts.length &&
              ` ${t("decisions.more", { count: group.hosts_used - group.hosts.length })}`}
          </p>
        )}
        <Funnel total={group.hosts_total} steps={group.funnel} note={t("funnel.note")} />
        <Refused group={group} />
      </div>
    </details>
  );
}

function Example({ project, id, name }: { project: string; id: string; name: string | null }) {
  const { t } = useTranslation();
  if (name === null)
    return <span className="mono soft">{`${id.slice(0, 8)} (${t("decisions.gone")}) `}</span>;
  return (
    <>
      <Link className="mono" to={ROUTES.container} params={{ project, id }} search={{ tab: "why" }}>
        {name}
      </Link>{" "}
    </>
  );
}

function Refused({ group }: { group: DecisionGroup }) {
  const { t } = useTranslation();
  const note = t("decisions.refusedOf", { shown: group.refused.length, total: group.refused_total });
  return <RefusedHosts refused={group.refused} note={note} />;
}
