import { Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { escapePointer } from "./errors";
import { type FieldsProps, place, textField } from "./fields";
import { Rows } from "./Rows";
import styles from "./Spec.module.css";

const RESTARTS = ["none", "on-failure", "always"] as const;

/** What nearly every container needs. `first` stands before all else, in the place of the container's own name. */
export function BasicFields({ first, ...props }: FieldsProps & { first?: ReactNode }) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <div className={styles.grid}>
      {first ?? <TextInput label={t("run.name")} placeholder="web" required {...textField(props, "name")} />}
      <TextInput label={t("run.image")} placeholder="nginx:1.29" required {...textField(props, "image")} />
      <Select
        label={t("run.restart")}
        size="xs"
        allowDeselect={false}
        data={RESTARTS.map((value) => ({ value, label: t(`restart.${value}`) }))}
        value={draft.restart}
        {...place(props, "/restart")}
        onChange={(restart) => onChange({ ...draft, restart: restart ?? "none" })}
      />
      <TextInput
        className={styles.wide}
        label={t("run.command")}
        description={t("run.commandHint")}
        placeholder={'serve --port 80 "two words"'}
        {...textField(props, "command")}
      />
      <div className={styles.four}>
        <TextInput label={t("run.cpu")} placeholder="0.5" {...textField(props, "cpu", "/resources/cpu")} />
        <TextInput
          label={t("run.memory")}
          placeholder="256m"
          {...textField(props, "memory", "/resources/memory")}
        />
        <TextInput
          label={t("run.cpuLimit")}
          placeholder="1"
          {...textField(props, "cpu_limit", "/resources/cpu_limit")}
        />
        <TextInput
          label={t("run.memoryLimit")}
          placeholder="512m"
          {...textField(props, "memory_limit", "/resources/memory_limit")}
        />
      </div>
      <TextInput
        label={t("run.gpus")}
        description={t("run.gpusHint")}
        placeholder="1"
        {...textField(props, "gpus", gpusAt(props))}
      />
      <TextInput
        label={t("run.gpuModels")}
        description={t("run.gpuModelsHint")}
        placeholder="A100, H100"
        {...textField(props, "gpu_models", modelsAt(props))}
      />
      <div className={styles.wide}>
        <Ports {...props} />
      </div>
      <div className={styles.wide}>
        <Env {...props} />
      </div>
    </div>
  );
}

/** The errors of a field that stands for several: the first place where something is wrong. */
function firstWrong({ at, base = "" }: FieldsProps, pointers: readonly [string, ...string[]]): string {
  return pointers.find((pointer) => at(base + pointer) !== undefined) ?? pointers[0];
}

function gpusAt(props: FieldsProps): string {
  return firstWrong(props, ["/resources/gpus/count", "/resources/gpus/share", "/resources/gpus"]);
}

function modelsAt(props: FieldsProps): string {
  const each = props.draft.gpu_models.split(",").map((_, index) => `/resources/gpus/models/${index}`);
  return firstWrong(props, ["/resources/gpus/models", ...each]);
}

function Ports(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <Rows
      legend={t("run.ports")}
      add={t("run.addPort")}
      rows={draft.ports}
      blank={{ container_port: "", host_port: "", protocol: "tcp" }}
      onChange={(ports) => onChange({ ...draft, ports })}
      row={(port, index, set) => (
        <>
          <TextInput
            size="xs"
            inputMode="numeric"
            aria-label={t("run.containerPort")}
            placeholder={t("run.containerPort")}
            value={port.container_port}
            {...place(props, `/ports/${index}/container_port`)}
            onChange={(event) => set({ container_port: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            inputMode="numeric"
            aria-label={t("run.hostPort")}
            placeholder={t("run.hostPortHint")}
            value={port.host_port}
            {...place(props, `/ports/${index}/host_port`)}
            onChange={(event) => set({ host_port: event.currentTarget.value })}
          />
          <Select
            size="xs"
            aria-label={t("run.protocol")}
            allowDeselect={false}
            data={["tcp", "udp"]}
            value={port.protocol}
            {...place(props, `/ports/${index}/protocol`)}
            onChange={(protocol) => set({ protocol: protocol ?? "tcp" })}
          />
        </>
      )}
    />
  );
}

function Env(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <Rows
      legend={t("run.env")}
      add={t("run.addEnv")}
      rows={draft.env}
      blank={{ name: "", value: "" }}
      onChange={(env) => onChange({ ...draft, env })}
      row={(pair, _, set) => (
        <>
          <TextInput
            size="xs"
            aria-label={t("run.envName")}
            placeholder="NAME"
            value={pair.name}
            {...place(props, `/env/${escapePointer(pair.name.trim())}`)}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            data-pointer={`${props.base ?? ""}/env`}
            aria-label={t("run.envValue")}
            placeholder={t("run.value")}
            value={pair.value}
            onChange={(event) => set({ value: event.currentTarget.value })}
          />
        </>
      )}
    />
  );
}
