import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Registry } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { useRights } from "@/shared/lib/roles";
import { Confirm } from "@/shared/ui/Confirm";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ConditionMark } from "@/shared/ui/Status";
import { Verb } from "@/shared/ui/Verb";
import { RegistryForm } from "./RegistryForm";
import { registriesQuery, removeRegistry, testRegistry } from "./registries";
import styles from "./Settings.module.css";

type Open = { what: "add" } | { what: "edit" | "remove"; registry: Registry } | null;

/** The project's credentials for private images. A password goes in and never comes out. */
export function Registries({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOwn } = useRights(project);
  const { data, error, refetch } = useQuery(registriesQuery(project));
  const [open, setOpen] = useState<Open>(null);
  const refusal = mayOwn ? null : t("refusal.notOwner");
  const close = (): void => setOpen(null);
  const add = (
    <Verb
      label={t("registries.add")}
      icon={<IconPlus size={15} />}
      refusal={refusal}
      onClick={() => setOpen({ what: "add" })}
    />
  );
  return (
    <Panel title={t("registries.title", { project })} note={t("registries.note")} actions={add} isFlush>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <EmptyState title={t("registries.none")} text={t("registries.noneText")} />}
      {data && data.length > 0 && (
        <List project={project} registries={data} refusal={refusal} onOpen={setOpen} />
      )}
      {open?.what === "add" && <RegistryForm project={project} onClose={close} />}
      {open?.what === "edit" && <RegistryForm project={project} registry={open.registry} onClose={close} />}
      {open?.what === "remove" && <Remove project={project} registry={open.registry} onClose={close} />}
    </Panel>
  );
}

interface ListProps {
  project: string;
  registries: readonly Registry[];
  refusal: string | null;
  onOpen: (open: Open) => void;
}

function List({ project, registries, refusal, onOpen }: ListProps) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const test = useMutation({
    mutationFn: (registry: Registry) => testRegistry(project, registry.id),
    onSettled: () => void cache.invalidateQueries({ queryKey: registriesQuery(project).queryKey }),
  });
  const rows = registries.map((registry) => ({
    key: String(registry.id),
    cells: [
      <span key="host" className="mono">
        {registry.host}
      </span>,
      <span key="user" className="mono">
        {registry.username}
      </span>,
      <Trial key="trial" registry={registry} />,
      <span key="acts" className={styles.acts}>
        <Verb
          label={t("registries.test")}
          refusal={refusal}
          isBusy={test.isPending && test.variables.id === registry.id}
          onClick={() => test.mutate(registry)}
        />
        <Verb
          label={t("registries.edit")}
          refusal={refusal}
          onClick={() => onOpen({ what: "edit", registry })}
        />
        <Verb
          label={t("verb.remove")}
          refusal={refusal}
          isDanger
          onClick={() => onOpen({ what: "remove", registry })}
        />
      </span>,
    ],
  }));
  const heads = (["host", "user", "trial", "act"] as const).map((name) => t(`registries.column.${name}`));
  return (
    <>
      {test.error && <ErrorNote error={test.error} />}
      <SimpleTable label={t("registries.title", { project })} heads={heads} rows={rows} />
    </>
  );
}

/** What the registry itself said the last time it was asked. */
function Trial({ registry }: { registry: Registry }) {
  const { t } = useTranslation();
  if (registry.test_ok === null) return <span className="soft">{registry.test_message}</span>;
  return (
    <span className={styles.trial}>
      <ConditionMark
        isOk={registry.test_ok}
        word={t(registry.test_ok ? "registries.takes" : "registries.refuses")}
      />
      <span className="soft">
        {registry.test_message} · {showMoment(registry.tested_at)}
      </span>
    </span>
  );
}

function Remove({
  project,
  registry,
  onClose,
}: {
  project: string;
  registry: Registry;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeRegistry(project, registry),
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: registriesQuery(project).queryKey }),
  });
  return (
    <Confirm
      isOpen
      title={t("registries.removeTitle", { host: registry.host })}
      verb={t("verb.remove")}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t("registries.removeText")}</p>
      {remove.error && <ErrorNote error={remove.error} />}
    </Confirm>
  );
}
