import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { policiesQuery } from "@/shared/api/policies";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Policy } from "@/shared/api/types";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import { labelsOf } from "./labels";
import styles from "./Placement.module.css";
import { draftOf, type Place, placeOf, type PolicyDraft, saidOf, TERMS, wrongWith } from "./policyDraft";
import { savePolicy } from "./queries";

interface Props {
  /** Left out: a new one. */
  policy?: Policy;
  /** Why it may only be looked at. */
  refusal?: string | null;
  onClose: () => void;
}

/** Each term of the score with its weight and what it means; what is wrong stands at its field as it is typed. */
export function PolicyForm({ policy: now, refusal = null, onClose }: Props) {
  const { t } = useTranslation();
  // As it was when the form was opened: what others change meanwhile is refused when it is saved, not laid over it.
  const [policy] = useState(now);
  const first = draftOf(policy);
  const [draft, setDraft] = useState(first);
  const save = useSave(policy, onClose);
  const isNew = policy === undefined;
  const wrong = wrongWith(draft, isNew);
  const refused = save.error instanceof RequestFailed ? save.error.fields : [];
  const isSent = JSON.stringify(save.variables) === JSON.stringify(draft);
  const isSame = JSON.stringify(draft) === JSON.stringify(first);
  const at = (place: Place): string | undefined => {
    const found = wrong[place];
    // Of a form that nobody has touched yet nothing is said.
    const isBlank = place === "name" && draft.name === "";
    if (found !== undefined) return isSame || isBlank ? undefined : t(`policies.wrong.${found}`);
    return isSent ? refused.find((one) => placeOf(one.pointer) === place)?.message : undefined;
  };
  const isPlaced = refused.length > 0 && refused.every((one) => placeOf(one.pointer) !== undefined);
  const isWrong = Object.keys(wrong).length > 0;
  const unready = isSame
    ? t("hosts.labelsSame")
    : isNew && draft.name === ""
      ? t("policies.nameFirst")
      : isWrong
        ? t("policies.unready")
        : null;
  return (
    <Dialog
      isOpen
      size="lg"
      onClose={onClose}
      title={isNew ? t("policies.newTitle") : t("policies.editTitle", { name: policy.name })}
    >
      <form
        noValidate
        className={styles.stack}
        data-testid="policy"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          if (refusal === null && unready === null) save.mutate(draft);
        }}
      >
        <Fields {...{ draft, isNew, at }} isLocked={refusal !== null} onChange={setDraft} />
        <p className="soft">{t("policies.holds")}</p>
        {save.error && isSent && !isPlaced && <ErrorNote error={save.error} />}
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            {t(refusal === null ? "common.cancel" : "common.close")}
          </Button>
          <Verb
            label={t("policies.save")}
            refusal={refusal ?? unready}
            isBusy={save.isPending}
            onClick={() => save.mutate(draft)}
          />
        </Group>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  draft: PolicyDraft;
  isNew: boolean;
  isLocked: boolean;
  at: (place: Place) => string | undefined;
  onChange: (draft: PolicyDraft) => void;
}

function Fields({ draft, isNew, isLocked, at, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const { data: hosts = [] } = useQuery(hostsQuery);
  const text = (name: "name" | "description" | "over") => ({
    size: "xs" as const,
    readOnly: isLocked,
    value: draft[name],
    error: name === "description" ? undefined : at(name),
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [name]: event.currentTarget.value }),
  });
  return (
    <>
      {isNew && <TextInput {...text("name")} label={t("policies.name")} data-autofocus />}
      <Textarea {...text("description")} label={t("policies.column.description")} autosize maxLength={1000} />
      <div className={styles.terms} role="group" aria-label={t("policies.column.weights")}>
        {TERMS.map((term) => (
          <Fragment key={term}>
            <label htmlFor={`term-${term}`}>{t(`score.${term}`)}</label>
            <TextInput
              id={`term-${term}`}
              size="xs"
              inputMode="decimal"
              placeholder="0"
              readOnly={isLocked}
              aria-describedby={`meaning-${term}`}
              value={draft.weights[term]}
              error={at(term)}
              onChange={(event) =>
                onChange({ ...draft, weights: { ...draft.weights, [term]: event.currentTarget.value } })
              }
            />
            <span id={`meaning-${term}`}>{t(`policies.meaning.${term}`)}</span>
          </Fragment>
        ))}
      </div>
      {at("weights") !== undefined && <p role="alert">{at("weights")}</p>}
      <p className="soft">{t("policies.scale")}</p>
      <TextInput
        {...text("over")}
        label={t("policies.over")}
        description={t("policies.overHint")}
        list="policy-over"
      />
      <datalist id="policy-over">
        {labelsOf(hosts).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

function useSave(policy: Policy | undefined, onSaved: () => void) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (draft: PolicyDraft) => savePolicy(saidOf(draft), policy),
    onSuccess: (saved) => {
      notify({ message: t("policies.saved", { name: saved.name }) });
      onSaved();
    },
    onSettled: () => void cache.invalidateQueries({ queryKey: policiesQuery.queryKey }),
  });
}
