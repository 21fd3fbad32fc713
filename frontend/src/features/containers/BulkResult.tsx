import { CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useStore } from "@/shared/lib/store";
import { bulk, type Result } from "./bulk";
import styles from "./List.module.css";

/** What became of the last verb for many: how many, and each that was refused with its reason. */
export function BulkResult({ project }: { project: string }) {
  const { t } = useTranslation();
  const run = useStore(bulk);
  if (run?.project !== project) return null;
  const bad = run.results.filter((one) => one.outcome !== "done");
  const done = run.results.length - bad.length;
  const verb = t(`verb.${run.verb}`);
  const reason = ({ outcome }: Result): string => {
    if (outcome === "done") return "";
    if ("refusal" in outcome) return t(`refusal.${outcome.refusal}`);
    return outcome.words === "" ? t("error.unreachable") : outcome.words;
  };
  return (
    <section className={styles.result} data-bad={bad.length > 0} aria-label={t("bulk.result")}>
      <div>
        <strong role="status">
          {!run.isOver
            ? t("bulk.running", { verb, done: run.results.length, total: run.total })
            : bad.length === 0
              ? t("bulk.done", { verb, count: done })
              : t("bulk.partly", { verb, done, refused: bad.length })}
        </strong>
        {bad.length > 0 && (
          <ul tabIndex={0} aria-label={t("bulk.refusedList")}>
            {bad.map((one) => (
              <li key={one.id}>
                <span className="mono">{one.name}</span> <span className="soft">{reason(one)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {run.isOver && <CloseButton size="sm" aria-label={t("common.close")} onClick={() => bulk.set(null)} />}
    </section>
  );
}
