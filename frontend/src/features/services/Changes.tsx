import { useTranslation } from "react-i18next";
import type { SpecChange } from "@/shared/api/types";
import { showValue } from "./diff";
import styles from "./Services.module.css";

/** What differs, place by place: what stood there, what stands there now. */
export function Changes({ label, changes }: { label: string; changes: readonly SpecChange[] }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p className="soft">{t("diff.none")}</p>;
  return (
    <div className={styles.diff} role="region" aria-label={label} tabIndex={0} data-testid="diff">
      <table>
        <thead>
          <tr>
            {(["path", "from", "to"] as const).map((head) => (
              <th key={head} scope="col">
                {t(`diff.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, from, to }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td data-side="from">
                <Value value={from} sign="−" />
              </td>
              <td data-side="to">
                <Value value={to} sign="+" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value, sign }: { value: unknown; sign: string }) {
  const { t } = useTranslation();
  const text = showValue(value);
  if (text === "") return <span className="soft">{t("diff.absent")}</span>;
  return (
    <>
      <span aria-hidden="true">{sign} </span>
      {text}
    </>
  );
}
