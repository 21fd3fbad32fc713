import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "@/shared/api/problem";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Crumb, Page, PageHead } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { errorAt } from "./errors";
import { BasicFields } from "./BasicFields";
import { JsonFields } from "./JsonFields";
import { MoreFields } from "./MoreFields";
import styles from "./RunPage.module.css";
import { useRun } from "./useRun";

/** Asks for one stand-alone container. What was typed stays until the server has taken it. */
export function RunPage({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const run = useRun(project);
  const at = errorAt(run.fields);
  if (!mayOperate) {
    return (
      <Page>
        <EmptyState isPage title={t("error.forbidden")} text={t("refusal.viewer")} />
      </Page>
    );
  }
  return (
    <Page>
      <Crumb to={ROUTES.containers} params={{ project }}>
        {t("containers.title")}
      </Crumb>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run.submit();
        }}
      >
        <PageHead title={t("run.title")} actions={<Submit isBusy={run.isBusy} />}>
          <SegmentedControl
            size="xs"
            value={run.mode}
            onChange={run.setMode}
            data={[
              { value: "form", label: t("run.form") },
              { value: "json", label: t("run.json") },
            ]}
          />
        </PageHead>
        <Refused run={run} />
        {run.mode === "json" ? (
          <JsonFields text={run.json} error={run.jsonError} fields={run.fields} onChange={run.setJson} />
        ) : (
          <>
            <Panel title={t("run.what")}>
              <BasicFields draft={run.draft} at={at} onChange={run.setDraft} />
            </Panel>
            <MoreFields draft={run.draft} at={at} onChange={run.setDraft} />
          </>
        )}
      </form>
    </Page>
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

/** Everything that was refused, in one place and with its pointer; each is shown again at its field. */
function Refused({ run }: { run: ReturnType<typeof useRun> }) {
  const { t } = useTranslation();
  if (run.error === null) return null;
  const hasFields = run.error instanceof RequestFailed && run.error.fields.length > 0;
  if (!hasFields) return <ErrorNote error={run.error} />;
  if (run.fields.length === 0) return null;
  return (
    <div className={styles.refused} role="alert">
      <strong>{t("run.refused", { count: run.fields.length })}</strong>
      <ul>
        {run.fields.map((field) => (
          <li key={`${field.pointer} ${field.message}`}>
            <span className="mono">{field.pointer || "/"}</span> {field.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
