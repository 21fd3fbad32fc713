import { Checkbox, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { escapePointer } from "./errors";
import { type FieldsProps, place, textField } from "./fields";
import { HealthFields } from "./HealthFields";
import { Pairs } from "./Pairs";
import { PlacementFields } from "./PlacementFields";
import { Rows } from "./Rows";
import styles from "./Spec.module.css";

/** The rest of the spec, folded away; it opens by itself when something in it was refused. */
export function MoreFields(props: FieldsProps) {
  const { t } = useTranslation();
  const isWrong = (pointers: readonly string[]): boolean =>
    pointers.some((pointer) => place(props, pointer).error !== undefined);
  const isPlacementWrong = isWrong([
    "/constraints",
    "/tolerations",
    "/affinity",
    "/max_per",
    "/needs",
    "/placement_policy",
    "/priority",
  ]);
  const isStorageWrong = isWrong(["/volumes", "/tmpfs"]);
  const isRestWrong = isWrong([
    "/entrypoint",
    "/labels",
    "/user",
    "/workdir",
    "/stop_signal",
    "/stop_grace",
    "/health_check",
    "/init",
    "/read_only",
  ]);
  return (
    <>
      <details className={styles.details} open={isPlacementWrong || undefined}>
        <summary>{t("run.placement")}</summary>
        <div>
          <PlacementFields {...props} />
        </div>
      </details>
      <details className={styles.details} open={isStorageWrong || undefined}>
        <summary>{t("run.storage")}</summary>
        <div>
          <Storage {...props} />
        </div>
      </details>
      <details className={styles.details} open={isRestWrong || undefined}>
        <summary>{t("run.process")}</summary>
        <div>
          <Process {...props} />
        </div>
      </details>
    </>
  );
}

function Storage(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <div className={styles.grid}>
      <div className={styles.wide}>
        <Rows
          legend={t("run.volumes")}
          add={t("run.addVolume")}
          rows={draft.volumes}
          blank={{ name: "", path: "", read_only: false }}
          onChange={(volumes) => onChange({ ...draft, volumes })}
          row={(volume, index, set) => (
            <>
              <TextInput
                size="xs"
                aria-label={t("run.volumeName")}
                placeholder={t("run.volumeName")}
                value={volume.name}
                {...place(props, `/volumes/${index}/name`)}
                onChange={(event) => set({ name: event.currentTarget.value })}
              />
              <TextInput
                size="xs"
                aria-label={t("run.path")}
                placeholder="/data"
                value={volume.path}
                {...place(props, `/volumes/${index}/path`)}
                onChange={(event) => set({ path: event.currentTarget.value })}
              />
              <Checkbox
                data-fixed
                data-pointer={place(props, `/volumes/${index}/read_only`)["data-pointer"]}
                label={t("run.readOnly")}
                checked={volume.read_only}
                onChange={(event) => set({ read_only: event.currentTarget.checked })}
              />
            </>
          )}
        />
      </div>
      <div className={styles.wide}>
        <Pairs
          legend={t("run.tmpfs")}
          add={t("run.addTmpfs")}
          rows={draft.tmpfs}
          words={{ name: t("run.path"), value: t("run.size") }}
          pointers={(_, index) => [`/tmpfs/${index}/path`, `/tmpfs/${index}/size`]}
          of={props}
          onChange={(tmpfs) => onChange({ ...draft, tmpfs })}
        />
      </div>
    </div>
  );
}

function Process(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <div className={styles.grid}>
      <TextInput className={styles.wide} label={t("run.entrypoint")} {...textField(props, "entrypoint")} />
      <TextInput label={t("run.user")} placeholder="1000:1000" {...textField(props, "user")} />
      <TextInput label={t("run.workdir")} placeholder="/app" {...textField(props, "workdir")} />
      <TextInput label={t("run.stopSignal")} placeholder="TERM" {...textField(props, "stop_signal")} />
      <TextInput label={t("run.stopGrace")} placeholder="10" {...textField(props, "stop_grace")} />
      <Checkbox
        data-pointer={`${props.base ?? ""}/init`}
        label={t("run.init")}
        checked={draft.init}
        onChange={(event) => onChange({ ...draft, init: event.currentTarget.checked })}
      />
      <Checkbox
        data-pointer={`${props.base ?? ""}/read_only`}
        label={t("run.readOnlyRoot")}
        checked={draft.read_only}
        onChange={(event) => onChange({ ...draft, read_only: event.currentTarget.checked })}
      />
      <HealthFields {...props} />
      <div className={styles.wide}>
        <Pairs
          legend={t("run.labels")}
          add={t("run.addLabel")}
          rows={draft.labels}
          words={{ name: t("run.labelName"), value: t("run.value") }}
          pointers={(pair) => [`/labels/${escapePointer(pair.name.trim())}`, null]}
          of={props}
          onChange={(labels) => onChange({ ...draft, labels })}
        />
      </div>
    </div>
  );
}
