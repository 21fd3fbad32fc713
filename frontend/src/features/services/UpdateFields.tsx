import { Checkbox, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ErrorAt } from "@/shared/spec/errors";
import styles from "@/shared/spec/Spec.module.css";
import { type ServiceDraft, UPDATE_NUMBERS } from "./serviceDraft";

export interface ServiceFieldsProps {
  draft: ServiceDraft;
  at: ErrorAt;
  onChange: (draft: ServiceDraft) => void;
}

/** What the server takes when nothing is said. */
const USUAL = {
  max_surge: "1",
  max_unavailable: "0",
  batch: "1",
  health_window: "5",
  start_deadline: "120",
  failure_threshold: "1",
} as const;

/** How one revision replaces another: folded away, because what is usual is good; it opens when something is wrong. */
export function UpdateFields(props: ServiceFieldsProps) {
  const { t } = useTranslation();
  const { draft, at, onChange } = props;
  const isWrong = ["/update", "/stop_delay", "/strict"].some((pointer) => at(pointer) !== undefined);
  return (
    <details className={styles.details} open={isWrong || undefined}>
      <summary>{t("update.title")}</summary>
      <div className={styles.grid}>
        <Choice {...props} field="order" values={["start-first", "stop-first"]} />
        <Choice {...props} field="on_failure" values={["roll-back", "pause"]} />
        {UPDATE_NUMBERS.map((name) => (
          <TextInput
            key={name}
            size="xs"
            inputMode="numeric"
            label={t(`update.${name}`)}
            description={t(`update.hint.${name}`)}
            placeholder={USUAL[name]}
            data-pointer={`/update/${name}`}
            value={draft[name]}
            error={at(`/update/${name}`)}
            onChange={(event) => onChange({ ...draft, [name]: event.currentTarget.value })}
          />
        ))}
        <TextInput
          size="xs"
          inputMode="numeric"
          label={t("update.stop_delay")}
          description={t("update.hint.stop_delay")}
          placeholder="0"
          data-pointer="/stop_delay"
          value={draft.stop_delay}
          error={at("/stop_delay")}
          onChange={(event) => onChange({ ...draft, stop_delay: event.currentTarget.value })}
        />
        <div className={styles.wide}>
          <Checkbox
            label={t("update.hold_after_first")}
            description={t("update.hint.hold_after_first")}
            data-pointer="/update/hold_after_first"
            checked={draft.hold_after_first}
            onChange={(event) => onChange({ ...draft, hold_after_first: event.currentTarget.checked })}
          />
        </div>
        <div className={styles.wide}>
          <Checkbox
            label={t("update.strict")}
            description={t("update.hint.strict")}
            data-pointer="/strict"
            checked={draft.strict}
            onChange={(event) => onChange({ ...draft, strict: event.currentTarget.checked })}
          />
        </div>
      </div>
    </details>
  );
}

interface ChoiceProps extends ServiceFieldsProps {
  field: "order" | "on_failure";
  values: readonly ("start-first" | "stop-first" | "roll-back" | "pause")[];
}

function Choice({ draft, at, onChange, field, values }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <Select
      size="xs"
      label={t(`update.${field}`)}
      description={t(`update.hint.${field}`)}
      allowDeselect={false}
      data-pointer={`/update/${field}`}
      data={values.map((value) => ({ value, label: t(`update.choice.${value}`) }))}
      value={draft[field]}
      error={at(`/update/${field}`)}
      onChange={(value) => onChange({ ...draft, [field]: value ?? draft[field] })}
    />
  );
}
