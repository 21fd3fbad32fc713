import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProblem } from "@/shared/api/types";
import styles from "./RunPage.module.css";

interface Props {
  text: string;
  error: string | null;
  fields: readonly FieldProblem[];
  onChange: (text: string) => void;
}

/** The whole spec as it goes to the API. */
export function JsonFields({ text, error, fields, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Textarea
      className={styles.json}
      label={t("run.spec")}
      description={t("run.specHint")}
      value={text}
      error={error ?? (fields.length > 0 ? t("run.refused", { count: fields.length }) : undefined)}
      spellCheck={false}
      rows={26}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
