import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Change, Fix, Remedy } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { exactOf } from "@/shared/lib/changes";
import { showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import styles from "./Explain.module.css";
import { Panel } from "./Panel";
import { SimpleTable } from "./SimpleTable";

interface Props {
  advice: Remedy;
  /** Where the spec is changed; nothing where it cannot be. */
  edit?: ReactNode;
}

/** What would let it in, as things are now: each with the exact thing to change and what it would do. */
export function Fixes({ advice, edit }: Props) {
  const { t } = useTranslation();
  const note = said(advice, t);
  return (
    <Panel
      title={t(advice.waiting > 1 ? "fixes.titleMany" : "fixes.title")}
      note={t("fixes.tried", { at: showMoment(advice.at) })}
      actions={edit}
      isFlush
    >
      {note !== "" && <p className={styles.note}>{note}</p>}
      {advice.fixes.length > 0 && (
        <ol className={styles.fixes} data-testid="fixes">
          {advice.fixes.map((fix) => (
            <OneFix key={fix.words} fix={fix} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function said(advice: Remedy, t: TFunction): string {
  if (advice.fits > 0) return t("fixes.fits", { count: advice.fits });
  if (advice.funnel.length === 0 || advice.hosts_total === 0) return advice.text;
  if (advice.fixes.length === 0) return t("fixes.none");
  return (advice.fixes[0]?.changes.length ?? 1) > 1 ? t("fixes.pairs") : "";
}

function OneFix({ fix }: { fix: Fix }) {
  const { t } = useTranslation();
  return (
    <li className={styles.fix}>
      <span className={styles.changes}>
        {fix.changes.map((change, index) => (
          <OneChange key={change.words} change={change} isNext={index > 0} />
        ))}
      </span>
      <span className={styles.effect}>
        {t("fixes.hosts", { count: fix.hosts })}
        {fix.of > 1 && (
          <span className={styles.placed}>
            {t(fix.placed === fix.of ? "fixes.all" : "fixes.placed", { placed: fix.placed, of: fix.of })}
          </span>
        )}
      </span>
    </li>
  );
}

function OneChange({ change, isNext }: { change: Change; isNext: boolean }) {
  const { t, i18n } = useTranslation();
  const exact = exactOf(change);
  const key = `fix.${change.kind}`;
  const told = { shown: change.shown, host: change.host ?? "" };
  const words = i18n.exists(key) ? t(key as "fix.label", told) : change.words;
  return (
    <span className={styles.change}>
      {isNext && <span className="soft">{t("fixes.and")}</span>}
      <span className={styles.words}>{words}</span>
      {exact !== "" && <code className={styles.exact}>{exact}</code>}
      {change.host === null ? (
        <span className="soft">{t("fixes.inSpec")}</span>
      ) : (
        <span className="soft">
          {t("fixes.onHost")} <HostLink name={change.host} isLabels={change.field === "labels"} />
        </span>
      )}
      {change.alike > 0 && <span className="soft">{t("fixes.alike", { count: change.alike })}</span>}
    </span>
  );
}

function HostLink({ name, isLabels = false }: { name: string; isLabels?: boolean }) {
  return (
    <Link className="mono" to={ROUTES.host} params={{ name }} search={isLabels ? { tab: "labels" } : {}}>
      {name}
    </Link>
  );
}

/** The hosts that come nearest, and what each of them lacks. */
export function Nearest({ advice }: { advice: Remedy }) {
  const { t } = useTranslation();
  const filterName = useCodeName("filter");
  if (advice.misses.length === 0) return null;
  const rows = advice.misses.map(({ host, reasons }) => ({
    key: host,
    cells: [
      <HostLink key="host" name={host} />,
      reasons.map((one) => filterName(one.filter)).join(", "),
      reasons
        .map((one) => one.missing)
        .filter((text) => text !== "")
        .join(", ") || "–",
      reasons.map((one) => (
        <span key={one.filter} className={styles.reason}>
          {one.reason}
        </span>
      )),
    ],
  }));
  return (
    <Panel title={t("near.title")} note={t("near.note", { at: showMoment(advice.at) })} isFlush>
      <ul className={styles.lacking} data-testid="lacking">
        {advice.lacking.map((one) => (
          <li key={one.filters.join()}>
            {t("near.lacking", { count: one.hosts, what: one.filters.map(filterName).join(t("near.and")) })}
          </li>
        ))}
      </ul>
      <SimpleTable
        label={t("near.title")}
        heads={[t("column.host"), t("why.filter"), t("near.missing"), t("near.why")]}
        rows={rows}
      />
    </Panel>
  );
}
