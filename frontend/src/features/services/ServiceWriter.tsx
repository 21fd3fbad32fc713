import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import schema from "virtual:service-spec";
import { RUN_MODES } from "@/shared/lib/paths";
import styles from "@/shared/spec/Spec.module.css";
import type { Writer } from "@/shared/spec/useWriter";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { PageHead } from "@/shared/ui/Page";
import type { ServiceDraft } from "./serviceDraft";
import { ServiceFields } from "./ServiceFields";
import { lazyPart } from "@/shared/lib/lazyPart";

const YamlFields = lazyPart(() => import("@/shared/spec/YamlFields"));

interface Props {
  title: string;
  verb: string;
  writer: Writer<ServiceDraft>;
  /** It is there already: its name and mode stay. */
  isKnown?: boolean;
  /** What stands between the head and the fields. */
  children?: ReactNode;
}

/** The spec of a service, written as a form or as YAML, and the button that asks for it. */
export function ServiceWriter({ title, verb, writer, isKnown = false, children }: Props) {
  const { t } = useTranslation();
  return (
    <form
      className={styles.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        writer.submit();
      }}
    >
      <PageHead
        title={title}
        actions={
          <Button type="submit" size="xs" loading={writer.isBusy}>
            {verb}
          </Button>
        }
      >
        <SegmentedControl
          size="xs"
          aria-label={t("run.as")}
          value={writer.mode}
          onChange={(value) => writer.setMode(RUN_MODES.find((one) => one === value) ?? "form")}
          data={RUN_MODES.map((value) => ({ value, label: t(`run.${value}`) }))}
        />
      </PageHead>
      {children}
      {writer.error && <ErrorNote error={writer.error} />}
      {writer.mode === "yaml" ? (
        <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
          <YamlFields
            schema={schema}
            hint={t("services.yamlHint")}
            kept={writer.kept}
            spec={writer.spec}
            fields={writer.fields}
            isChecking={writer.isChecking}
            onChange={writer.setYaml}
            onRun={writer.submit}
          />
        </Suspense>
      ) : (
        <ServiceFields schema={schema} writer={writer} isKnown={isKnown} />
      )}
    </form>
  );
}
