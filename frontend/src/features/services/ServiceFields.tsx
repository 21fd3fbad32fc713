import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SpecSchema } from "@/shared/api/specSchema";
import { BasicFields } from "@/shared/spec/BasicFields";
import { errorAt } from "@/shared/spec/errors";
import { MoreFields } from "@/shared/spec/MoreFields";
import styles from "@/shared/spec/Spec.module.css";
import { SpecForm } from "@/shared/spec/SpecForm";
import type { Writer } from "@/shared/spec/useWriter";
import { Panel } from "@/shared/ui/Panel";
import { CONTAINER, type ServiceDraft } from "./serviceDraft";
import { type ServiceFieldsProps, UpdateFields } from "./UpdateFields";

interface Props {
  schema: SpecSchema;
  writer: Writer<ServiceDraft>;
  isKnown: boolean;
}

/** The spec of a service as a form: its own fields, its container's, and how it is updated. */
export function ServiceFields({ schema, writer, isKnown }: Props) {
  const { t } = useTranslation();
  const { draft, setDraft } = writer;
  const own = { draft, at: errorAt(writer.fields), onChange: setDraft };
  const container = {
    draft: draft.container,
    at: own.at,
    base: CONTAINER,
    onChange: (changed: ServiceDraft["container"]) => setDraft({ ...draft, container: changed }),
  };
  return (
    <SpecForm
      schema={schema}
      fields={writer.fields}
      isChecking={writer.isChecking}
      isBlank={writer.isBlank}
      onLeave={writer.leave}
    >
      <Panel title={t("services.what")}>
        <div className={styles.grid}>
          <OwnFields {...own} isKnown={isKnown} />
        </div>
      </Panel>
      <Panel title={t("services.container")}>
        <BasicFields {...container} first={<></>} />
      </Panel>
      <MoreFields {...container} />
      <UpdateFields {...own} />
    </SpecForm>
  );
}

function OwnFields({ draft, at, onChange, isKnown }: ServiceFieldsProps & { isKnown: boolean }) {
  const { t } = useTranslation();
  const kept = isKnown ? t("services.kept") : undefined;
  return (
    <>
      <TextInput
        size="xs"
        label={t("run.name")}
        placeholder="web"
        required
        readOnly={isKnown}
        description={kept}
        data-pointer="/name"
        value={draft.name}
        error={at("/name")}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <Select
        size="xs"
        label={t("services.mode")}
        allowDeselect={false}
        readOnly={isKnown}
        description={kept}
        data-pointer="/mode"
        data={(["replicated", "global"] as const).map((value) => ({ value, label: t(`services.${value}`) }))}
        value={draft.mode}
        error={at("/mode")}
        onChange={(mode) => onChange({ ...draft, mode: mode ?? "replicated" })}
      />
      {draft.mode !== "global" && (
        <TextInput
          size="xs"
          label={t("service.replicas")}
          inputMode="numeric"
          placeholder="1"
          data-pointer="/replicas"
          value={draft.replicas}
          error={at("/replicas")}
          onChange={(event) => onChange({ ...draft, replicas: event.currentTarget.value })}
        />
      )}
    </>
  );
}
