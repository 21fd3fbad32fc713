import { useTranslation } from "react-i18next";
import type { Decision } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { showCount } from "@/shared/lib/format";
import styles from "./Explain.module.css";
import { Panel } from "./Panel";

interface Props {
  total: number;
  steps: Decision["funnel"];
  note: string;
}

/** From all hosts to those that fit: what each filter refused of what was left. */
export function Funnel({ total, steps, note }: Props) {
  const { t, i18n } = useTranslation();
  const filterName = useCodeName("filter");
  if (steps.length === 0) return null;
  const count = (value: number) => showCount(value, i18n.language);
  const share = (value: number) => `${(value / Math.max(1, total)) * 100}%`;
  const path = steps
    .filter((step) => step.refused > 0)
    .map((step) => t("funnel.step", { left: count(step.left), filter: filterName(step.filter) }));
  return (
    <Panel title={t("funnel.title")} note={note}>
      {path.length > 0 && (
        <p className="soft" data-testid="funnel-path">
          {[count(total), ...path].join(" → ")}
        </p>
      )}
      <ol className={styles.funnel} data-testid="funnel">
        {[{ filter: t("funnel.all"), refused: 0, left: total }, ...steps].map((step) => (
          <li key={step.filter} className={styles.step}>
            <span>{filterName(step.filter)}</span>
            <span className={styles.bar} aria-hidden="true">
              <span className={styles.left} style={{ width: share(step.left) }} />
              <span className={styles.out} style={{ width: share(step.refused) }} />
            </span>
            <span>
              <span className="soft">{t("funnel.left", { count: step.left })}</span>
              {step.refused > 0 && (
                <span className={styles.refused}>{t("funnel.refused", { count: step.refused })}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
