import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FieldsProps, place, textField } from "./fields";
import { HEALTH_KINDS } from "./healthDraft";
import styles from "./Spec.module.css";

/** How it is asked whether it is well: not at all, by the agent over HTTP or TCP, or by a command inside. */
export function HealthFields(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  const own = place(props, "/health_check");
  const kind = draft.health_kind;
  return (
    <>
      <Select
        className={styles.wide}
        label={t("run.healthCheck")}
        description={kind === "http" || kind === "tcp" ? t("run.healthAsked") : undefined}
        size="xs"
        allowDeselect={false}
        data={HEALTH_KINDS.map((value) => ({ value, label: t(`run.healthKind.${value}`) }))}
        value={kind}
        {...own}
        error={kind === "none" ? own.error : undefined}
        onChange={(next) =>
          onChange({ ...draft, health_kind: HEALTH_KINDS.find((one) => one === next) ?? "none" })
        }
      />
      {kind === "test" && (
        <TextInput
          className={styles.wide}
          label={t("run.healthTest")}
          description={t("run.healthHint")}
          placeholder="wget -q -O /dev/null http://127.0.0.1/"
          {...textField(props, "health_test", "/health_check/test")}
        />
      )}
      {(kind === "http" || kind === "tcp") && (
        <TextInput
          label={t("run.healthPort")}
          placeholder={kind === "http" ? "80" : "5432"}
          {...textField(props, "health_port", `/health_check/${kind}/port`)}
        />
      )}
      {kind === "http" && <HttpFields {...props} />}
      {kind !== "none" && <Rhythm {...props} />}
    </>
  );
}

function HttpFields(props: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("run.healthPath")}
        placeholder="/healthz"
        {...textField(props, "health_path", "/health_check/http/path")}
      />
      <TextInput
        label={t("run.healthStatus")}
        placeholder="200-399"
        {...textField(props, "health_status", "/health_check/http/status")}
      />
    </>
  );
}

function Rhythm(props: FieldsProps) {
  const { t } = useTranslation();
  const fields = [
    ["health_interval", "interval", "run.healthInterval", "10"],
    ["health_timeout", "timeout", "run.healthTimeout", "5"],
    ["health_retries", "retries", "run.healthRetries", "3"],
    ["health_start", "start_period", "run.healthStart", "0"],
  ] as const;
  return fields.map(([field, key, label, placeholder]) => (
    <TextInput
      key={key}
      label={t(label)}
      placeholder={placeholder}
      {...textField(props, field, `/health_check/${key}`)}
    />
  ));
}
