import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { pointerParts } from "@/shared/lib/pointer";
import { useRights } from "@/shared/lib/roles";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Panel } from "@/shared/ui/Panel";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import styles from "./HostPage.module.css";
import { hostKey, setLabels } from "./queries";

interface Row {
  name: string;
  value: string;
}

/** The labels that constraints of containers ask for. Made anew with each change of the host. */
export function HostLabels({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const kept = Object.entries(host.labels).map(([name, value]): Row => ({ name, value }));
  const [rows, setRows] = useState<Row[]>(kept);
  const save = useSave(host);
  const isChanged = JSON.stringify(rows) !== JSON.stringify(kept);
  const fields = save.error instanceof RequestFailed ? save.error.fields : [];
  const at = (name: string): string | undefined =>
    fields.find((field) => pointerParts(field.pointer)[1] === name.trim())?.message;
  const refusal = !isAdmin ? t("refusal.notAdmin") : !isChanged ? t("hosts.labelsSame") : null;
  return (
    <Panel title={t("hosts.labels")} note={t("hosts.labelsNote")}>
      <form
        className={styles.labels}
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) save.mutate(rows);
        }}
      >
        {rows.length === 0 && <p className="soft">{t("hosts.noLabels")}</p>}
        <Rows rows={rows} isLocked={!isAdmin} at={at} onChange={setRows} />
        {save.error && !fields.some((field) => rows.some((row) => at(row.name) === field.message)) && (
          <ErrorNote error={save.error} />
        )}
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={!isAdmin}
            leftSection={<IconPlus size={14} />}
            onClick={() => setRows([...rows, { name: "", value: "" }])}
          >
            {t("hosts.addLabel")}
          </Button>
          <Verb
            label={t("hosts.saveLabels")}
            refusal={refusal}
            isBusy={save.isPending}
            onClick={() => save.mutate(rows)}
          />
        </Group>
      </form>
    </Panel>
  );
}

interface RowsProps {
  rows: readonly Row[];
  isLocked: boolean;
  /** What is wrong with a label. */
  at: (name: string) => string | undefined;
  onChange: (rows: Row[]) => void;
}

function Rows({ rows, isLocked, at, onChange }: RowsProps) {
  const { t } = useTranslation();
  const set = (index: number, part: Partial<Row>): void =>
    onChange(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  return (
    <>
      {rows.map((row, index) => (
        <div key={index} className={styles.label}>
          {(["name", "value"] as const).map((part) => (
            <TextInput
              key={part}
              size="xs"
              aria-label={t(part === "name" ? "hosts.labelName" : "hosts.labelValue")}
              placeholder={part === "name" ? "zone" : "fra"}
              value={row[part]}
              readOnly={isLocked}
              error={part === "name" ? at(row.name) : undefined}
              onChange={(event) => set(index, { [part]: event.currentTarget.value })}
            />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isLocked}
            aria-label={t("hosts.removeLabel", { name: row.name })}
            onClick={() => onChange(rows.filter((_, place) => place !== index))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
    </>
  );
}

function useSave(host: Host) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (rows: readonly Row[]) => {
      const filled = rows.filter((row) => row.name.trim() !== "" || row.value.trim() !== "");
      return setLabels(host, Object.fromEntries(filled.map((row) => [row.name.trim(), row.value.trim()])));
    },
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      notify({ message: t("hosts.labelsSaved", { name: host.name }) });
    },
  });
}
