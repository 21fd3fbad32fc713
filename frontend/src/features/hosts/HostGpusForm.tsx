import { ActionIcon, Button, Checkbox, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Panel } from "@/shared/ui/Panel";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import styles from "./HostPage.module.css";
import { type GpuSaid, type GpusSaid, hostKey, setGpus } from "./queries";

/** What an admin says of the host's GPUs: which ones there are, or as its engine says, and whether they are shared. */
export function HostGpusForm({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const there = host.gpus.filter((gpu) => gpu.there).map(({ device, model }) => ({ device, model }));
  const kept: GpusSaid = { gpus: host.gpus_said ? there : null, gpu_sharing: host.gpu_sharing };
  const [said, setSaid] = useState<GpusSaid>(kept);
  const save = useSave(host);
  const fields = save.error instanceof RequestFailed ? save.error.fields : [];
  const at = (pointer: string): string | undefined =>
    fields.find((field) => field.pointer === pointer)?.message;
  const isSame = JSON.stringify(said) === JSON.stringify(kept);
  const refusal = !isAdmin ? t("refusal.notAdmin") : isSame ? t("hosts.labelsSame") : null;
  return (
    <Panel title={t("hosts.gpusForm")} note={t("hosts.gpusFormNote")}>
      <form
        className={styles.labels}
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) save.mutate(said);
        }}
      >
        <Checkbox
          label={t("hosts.gpusAsEngine")}
          disabled={!isAdmin}
          checked={said.gpus === null}
          onChange={(event) => setSaid({ ...said, gpus: event.currentTarget.checked ? null : there })}
        />
        {said.gpus !== null && (
          <Rows
            rows={said.gpus}
            isLocked={!isAdmin}
            at={at}
            onChange={(gpus) => setSaid({ ...said, gpus })}
          />
        )}
        <Checkbox
          label={t("hosts.gpuSharing")}
          description={t("hosts.gpuSharingHint")}
          disabled={!isAdmin}
          checked={said.gpu_sharing}
          onChange={(event) => setSaid({ ...said, gpu_sharing: event.currentTarget.checked })}
        />
        {save.error && !fields.some((field) => field.pointer.startsWith("/gpus/")) && (
          <ErrorNote error={save.error} />
        )}
        <Verb
          label={t("hosts.saveGpus")}
          refusal={refusal}
          isBusy={save.isPending}
          onClick={() => save.mutate(said)}
        />
      </form>
    </Panel>
  );
}

interface RowsProps {
  rows: readonly GpuSaid[];
  isLocked: boolean;
  at: (pointer: string) => string | undefined;
  onChange: (rows: GpuSaid[]) => void;
}

function Rows({ rows, isLocked, at, onChange }: RowsProps) {
  const { t } = useTranslation();
  const set = (index: number, part: Partial<GpuSaid>): void =>
    onChange(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  return (
    <>
      {rows.map((row, index) => (
        <div key={index} className={styles.label}>
          {(["device", "model"] as const).map((part) => (
            <TextInput
              key={part}
              size="xs"
              aria-label={t(part === "device" ? "hosts.gpuDevice" : "hosts.gpuModel")}
              placeholder={part === "device" ? "GPU-45cbf7b3-f919-7228-7a26-b06628ebefa1" : "A100"}
              value={row[part]}
              readOnly={isLocked}
              error={at(`/gpus/${index}/${part}`)}
              onChange={(event) => set(index, { [part]: event.currentTarget.value })}
            />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isLocked}
            aria-label={t("hosts.removeGpu", { device: row.device })}
            onClick={() => onChange(rows.filter((_, place) => place !== index))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          disabled={isLocked}
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rows, { device: "", model: "" }])}
        >
          {t("hosts.addGpu")}
        </Button>
      </Group>
    </>
  );
}

function useSave(host: Host) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (said: GpusSaid) => setGpus(host, said),
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      notify({ message: t("hosts.gpusSaved", { name: host.name }) });
    },
  });
}
