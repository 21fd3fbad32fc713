import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { policiesQuery } from "@/shared/api/policies";
import type { Policy } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { Confirm } from "@/shared/ui/Confirm";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { Verb } from "@/shared/ui/Verb";
import { ChosenPolicy } from "./ChosenPolicy";
import styles from "./Placement.module.css";
import { PolicyForm } from "./PolicyForm";
import { PolicyUsers } from "./PolicyUsers";
import { removePolicy } from "./queries";
import { NEW } from "./search";
import { TERMS } from "./policyDraft";

interface Props {
  project: string;
  /** The policy whose editor is open. */
  open: string | undefined;
  onOpen: (name: string | undefined) => void;
}

/** By what hosts are weighed: the policies, who is placed by each, and which one this project has. */
export function PoliciesTab({ project, open, onOpen }: Props) {
  const { t } = useTranslation();
  const { isAdmin } = useRights(project);
  const { data, error, refetch } = useQuery(policiesQuery);
  const [removed, setRemoved] = useState<Policy | null>(null);
  const refusal = isAdmin ? null : t("refusal.notAdmin");
  const edited = data?.find((one) => one.name === open);
  return (
    <div className={styles.parts}>
      {data && <ChosenPolicy project={project} policies={data} />}
      <Panel
        title={t("policies.title")}
        note={t("policies.note")}
        actions={
          <Verb
            label={t("policies.new")}
            icon={<IconPlus size={15} />}
            refusal={refusal}
            onClick={() => onOpen(NEW)}
          />
        }
        isFlush
      >
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && (
          <List policies={data} refusal={refusal} onEdit={(one) => onOpen(one.name)} onRemove={setRemoved} />
        )}
      </Panel>
      {data && open === NEW && refusal === null && <PolicyForm onClose={() => onOpen(undefined)} />}
      {edited && (
        <PolicyForm key={edited.name} policy={edited} refusal={refusal} onClose={() => onOpen(undefined)} />
      )}
      {removed && <Remove policy={removed} onClose={() => setRemoved(null)} />}
    </div>
  );
}

interface ListProps {
  policies: readonly Policy[];
  refusal: string | null;
  onEdit: (policy: Policy) => void;
  onRemove: (policy: Policy) => void;
}

function List({ policies, refusal, onEdit, onRemove }: ListProps) {
  const { t } = useTranslation();
  const rows = policies.map((policy) => ({
    key: policy.name,
    cells: [
      <span key="name" className="mono">
        {policy.name}
      </span>,
      <Weights key="weights" policy={policy} />,
      <PolicyUsers key="users" policy={policy} />,
      <span key="acts" className={styles.acts}>
        <Verb
          label={t(refusal === null ? "policies.edit" : "policies.look")}
          refusal={null}
          onClick={() => onEdit(policy)}
        />
        <Verb
          label={t("verb.remove")}
          refusal={refusal ?? (policy.is_built_in ? t("policies.builtIn") : null)}
          isDanger
          onClick={() => onRemove(policy)}
        />
      </span>,
      policy.description,
    ],
  }));
  const heads = (["name", "weights", "users", "act", "description"] as const).map((name) =>
    t(`policies.column.${name}`),
  );
  return <SimpleTable label={t("policies.title")} heads={heads} rows={rows} />;
}

function Weights({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const told = TERMS.filter((term) => (policy.weights[term] ?? 0) !== 0);
  if (told.length === 0) return <span className="soft">{t("policies.nothing")}</span>;
  return (
    <span className={styles.weights}>
      {told.map((term) => (
        <span key={term} title={t(`policies.meaning.${term}`)}>
          {t(`score.${term}`)} <b>{policy.weights[term]}</b>
          {term === "zones" && <span className="soft"> ({policy.over})</span>}
        </span>
      ))}
    </span>
  );
}

function Remove({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removePolicy(policy),
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: policiesQuery.queryKey }),
  });
  return (
    <Confirm
      isOpen
      title={t("policies.removeTitle", { name: policy.name })}
      verb={t("verb.remove")}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <div className={styles.stack}>
        <p>{t("policies.removeText")}</p>
        {policy.used_by.length > 0 && <PolicyUsers policy={policy} />}
        {remove.error && <ErrorNote error={remove.error} />}
      </div>
    </Confirm>
  );
}
