import { useTranslation } from "react-i18next";
import { Panel } from "../ui/Panel";
import { ConditionMark } from "../ui/Status";
import styles from "./Spec.module.css";

export interface Problem {
  key: string;
  /** A line or a field. */
  place: string;
  message: string;
  onOpen: () => void;
}

interface Props {
  problems: readonly Problem[];
  /** Nothing has been written yet: nothing to judge. */
  isBlank: boolean;
  isChecking: boolean;
}

/** Everything that is wrong now, as the server sees it; each leads to its place. */
export function Problems({ problems, isBlank, isChecking }: Props) {
  const { t } = useTranslation();
  const isGood = !isBlank && problems.length === 0;
  return (
    <Panel title={t("run.problems")} note={isChecking ? t("run.checking") : undefined}>
      <div data-testid="problems" data-checking={isChecking} role="status">
        {isBlank && <p className="soft">{t("run.blank")}</p>}
        {isGood && !isChecking && <ConditionMark isOk word={t("run.noProblems")} />}
        {problems.length > 0 && (
          <ul className={styles.problems}>
            {problems.map((problem) => (
              <li key={problem.key}>
                <button type="button" className={styles.problem} onClick={problem.onOpen}>
                  <span className="mono">✕ {problem.place}</span> {problem.message}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
