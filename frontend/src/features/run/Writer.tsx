import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import schema from "virtual:container-spec";
import type { PlanChange } from "@/shared/api/types";
import { ROUTES, RUN_MODES } from "@/shared/lib/paths";
import styles from "@/shared/spec/Spec.module.css";
import type { Writer as Runner } from "@/shared/spec/useWriter";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { PageHead } from "@/shared/ui/Page";
import { PlanDialog } from "@/shared/ui/PlanDialog";
import { Verb } from "@/shared/ui/Verb";
import { FormFields } from "./FormFields";
import type { Draft } from "@/shared/spec/draft";
import type { RunProps } from "./RunPage";
import { useRun } from "./useRun";
import { lazyPart } from "@/shared/lib/lazyPart";

const YamlFields = lazyPart(() => import("@/shared/spec/YamlFields"));

/** One spec, written as a form or as YAML, and the button that runs it. */
export default function Writer({ project, mode, onMode, first }: RunProps & { first: Draft }) {
  const { t } = useTranslation();
  const run = useRun(project, { first, mode, onMode });
  return (
    <form
      className={styles.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run.submit();
      }}
    >
      <PageHead
        title={t("run.title")}
        actions={
          <>
            <ShowPlan project={project} run={run} />
            <Submit isBusy={run.isBusy} />
          </>
        }
      >
        <SegmentedControl
          size="xs"
          aria-label={t("run.as")}
          value={run.mode}
          onChange={(value) => run.setMode(RUN_MODES.find((one) => one === value) ?? "form")}
          data={RUN_MODES.map((value) => ({ value, label: t(`run.${value}`) }))}
        />
      </PageHead>
      {run.error && <ErrorNote error={run.error} />}
      {run.mode === "yaml" ? (
        <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
          <YamlFields
            schema={schema}
            hint={t("run.yamlHint")}
            kept={run.kept}
            spec={run.spec}
            fields={run.fields}
            isChecking={run.isChecking}
            onChange={run.setYaml}
            onRun={run.submit}
          />
        </Suspense>
      ) : (
        <FormFields run={run} />
      )}
    </form>
  );
}

/** What it would bring: where it would go, or why it would wait; then it is run from there, if wanted. */
function ShowPlan({ project, run }: { project: string; run: Runner<Draft> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [shown, setShown] = useState<readonly PlanChange[] | null>(null);
  const { asked } = run;
  const refusal = asked === null ? t("run.yamlFirst") : run.fields.length > 0 ? t("run.planFirst") : null;
  return (
    <>
      <Verb
        label={t("plans.show")}
        refusal={run.isBlank ? t("run.blank") : refusal}
        onClick={() => setShown([{ verb: "container.run", project, body: asked }])}
      />
      {shown && (
        <PlanDialog
          title={t("plans.run")}
          changes={shown}
          onClose={() => setShown(null)}
          onApplied={() => void navigate({ to: ROUTES.containers, params: { project } })}
        />
      )}
    </>
  );
}

function Submit({ isBusy }: { isBusy: boolean }) {
  const { t } = useTranslation();
  return (
    <Button type="submit" size="xs" loading={isBusy} leftSection={<IconPlayerPlay size={15} />}>
      {t("run.verb")}
    </Button>
  );
}
