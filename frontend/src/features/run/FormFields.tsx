import { useTranslation } from "react-i18next";
import schema from "virtual:container-spec";
import { BasicFields } from "@/shared/spec/BasicFields";
import type { Draft } from "@/shared/spec/draft";
import { errorAt } from "@/shared/spec/errors";
import { MoreFields } from "@/shared/spec/MoreFields";
import { SpecForm } from "@/shared/spec/SpecForm";
import type { Writer } from "@/shared/spec/useWriter";
import { Panel } from "@/shared/ui/Panel";

/** The spec of one container as a form. */
export function FormFields({ run }: { run: Writer<Draft> }) {
  const { t } = useTranslation();
  const props = { draft: run.draft, at: errorAt(run.fields), onChange: run.setDraft };
  return (
    <SpecForm
      schema={schema}
      fields={run.fields}
      isChecking={run.isChecking}
      isBlank={run.isBlank}
      onLeave={run.leave}
    >
      <Panel title={t("run.what")}>
        <BasicFields {...props} />
      </Panel>
      <MoreFields {...props} />
    </SpecForm>
  );
}
