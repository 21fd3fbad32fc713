import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import block from "@/shared/ui/Block.module.css";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Panel } from "@/shared/ui/Panel";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import styles from "./HostPage.module.css";
import { draftOf, type KeptDraft, type KeptSaid, saidOf, withoutBlank } from "./keptDraft";
import { hostKey, setKept } from "./queries";

type At = (pointer: string) => string | undefined;

/** For whom the host is kept: its taints, its projects, and its named resources. Made anew with each change of it. */
export function HostKept({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const first = draftOf(host);
  const [draft, setDraft] = useState<KeptDraft>(first);
  const save = useSave(host);
  const isSame = JSON.stringify(saidOf(draft)) === JSON.stringify(saidOf(first));
  const isSent = JSON.stringify(save.variables) === JSON.stringify(saidOf(draft));
  const fields = isSent && save.error instanceof RequestFailed ? save.error.fields : [];
  const at: At = (pointer) => fields.find((field) => field.pointer === pointer)?.message;
  const refusal = !isAdmin ? t("refusal.notAdmin") : isSame ? t("hosts.labelsSame") : null;
  const submit = (): void => {
    setDraft(withoutBlank(draft)); // so that the server's row numbers are ours
    save.mutate(saidOf(draft));
  };
  const wrongProject = fields.find((field) => field.pointer.startsWith("/projects"))?.message;
  return (
    <Panel title={t("hosts.kept")} note={t("hosts.keptNote")}>
      <form
        className={`${styles.labels} ${block.parts}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) submit();
        }}
      >
        <Taints draft={draft} at={at} isLocked={!isAdmin} onChange={setDraft} />
        <TextInput
          size="xs"
          w="100%"
          label={t("hosts.projects")}
          description={t("hosts.projectsHint")}
          placeholder="shop, crm"
          readOnly={!isAdmin}
          value={isAdmin ? draft.projects : t("hosts.projectsHidden")}
          error={wrongProject}
          onChange={(event) => setDraft({ ...draft, projects: event.currentTarget.value })}
        />
        <Resources draft={draft} at={at} isLocked={!isAdmin} onChange={setDraft} />
        {save.error && isSent && fields.length === 0 && <ErrorNote error={save.error} />}
        <Verb label={t("hosts.saveKept")} refusal={refusal} isBusy={save.isPending} onClick={submit} />
      </form>
    </Panel>
  );
}

interface PartProps {
  draft: KeptDraft;
  at: At;
  isLocked: boolean;
  onChange: (draft: KeptDraft) => void;
}

function Taints({ draft, at, isLocked, onChange }: PartProps) {
  const { t } = useTranslation();
  const { taints } = draft;
  const set = (index: number, part: Partial<(typeof taints)[number]>): void =>
    onChange({ ...draft, taints: taints.map((one, place) => (place === index ? { ...one, ...part } : one)) });
  return (
    <Part
      legend={t("hosts.taints")}
      hint={t("hosts.taintsHint")}
      add={t("hosts.addTaint")}
      isLocked={isLocked}
      onAdd={() => onChange({ ...draft, taints: [...taints, { text: "", avoid: false }] })}
    >
      {taints.map((taint, index) => (
        <div key={index} className={styles.label}>
          <TextInput
            size="xs"
            aria-label={t("hosts.taint")}
            placeholder="dedicated=ml"
            readOnly={isLocked}
            value={taint.text}
            error={at(`/taints/${index}`)}
            onChange={(event) => set(index, { text: event.currentTarget.value })}
          />
          <NativeSelect
            size="xs"
            aria-label={t("hosts.taintDoes")}
            disabled={isLocked}
            value={taint.avoid ? "avoid" : "refuse"}
            data={(["refuse", "avoid"] as const).map((value) => ({ value, label: t(`hosts.does.${value}`) }))}
            onChange={(event) => set(index, { avoid: event.currentTarget.value === "avoid" })}
          />
          <Away
            what={taint.text}
            isLocked={isLocked}
            onAway={() => onChange({ ...draft, taints: taints.filter((_, place) => place !== index) })}
          />
        </div>
      ))}
    </Part>
  );
}

function Resources({ draft, at, isLocked, onChange }: PartProps) {
  const { t } = useTranslation();
  const { resources } = draft;
  const set = (index: number, part: Partial<(typeof resources)[number]>): void =>
    onChange({
      ...draft,
      resources: resources.map((one, place) => (place === index ? { ...one, ...part } : one)),
    });
  return (
    <Part
      legend={t("hosts.resources")}
      hint={t("hosts.resourcesHint")}
      add={t("hosts.addResource")}
      isLocked={isLocked}
      onAdd={() => onChange({ ...draft, resources: [...resources, { name: "", amount: "" }] })}
    >
      {resources.map((resource, index) => (
        <div key={index} className={styles.label}>
          {(["name", "amount"] as const).map((part) => (
            <TextInput
              key={part}
              size="xs"
              aria-label={t(part === "name" ? "hosts.resourceName" : "hosts.resourceAmount")}
              placeholder={part === "name" ? "license" : "3"}
              readOnly={isLocked}
              value={resource[part]}
              error={part === "name" ? at(`/resources/${resource.name.trim()}`) : undefined}
              onChange={(event) => set(index, { [part]: event.currentTarget.value })}
            />
          ))}
          <Away
            what={resource.name}
            isLocked={isLocked}
            onAway={() => onChange({ ...draft, resources: resources.filter((_, place) => place !== index) })}
          />
        </div>
      ))}
    </Part>
  );
}

interface RowsProps {
  legend: string;
  hint: string;
  add: string;
  isLocked: boolean;
  onAdd: () => void;
  children: ReactNode;
}

function Part({ legend, hint, add, isLocked, onAdd, children }: RowsProps) {
  return (
    <fieldset className={styles.rows}>
      <legend>{legend}</legend>
      <p className="soft">{hint}</p>
      {children}
      <Button
        size="compact-xs"
        variant="default"
        disabled={isLocked}
        leftSection={<IconPlus size={13} />}
        onClick={onAdd}
      >
        {add}
      </Button>
    </fieldset>
  );
}

function Away({ what, isLocked, onAway }: { what: string; isLocked: boolean; onAway: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      disabled={isLocked}
      aria-label={t("hosts.takeAway", { what })}
      onClick={onAway}
    >
      <IconX size={15} />
    </ActionIcon>
  );
}

function useSave(host: Host) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (said: KeptSaid) => setKept(host, said),
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      notify({ message: t("hosts.keptSaved", { name: host.name }) });
    },
  });
}
