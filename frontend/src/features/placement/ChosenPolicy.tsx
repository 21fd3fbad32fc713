import { NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { policiesQuery } from "@/shared/api/policies";
import type { Policy } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Panel } from "@/shared/ui/Panel";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import styles from "./Placement.module.css";
import { choosePolicy, chosenQuery } from "./queries";

/** By which policy the project's containers are placed when they name none; its owners choose. */
export function ChosenPolicy({ project, policies }: { project: string; policies: readonly Policy[] }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { mayChoosePolicy } = useRights(project);
  const { data: chosen, error } = useQuery(chosenQuery(project));
  const [picked, setPicked] = useState<string | null>(null);
  const choose = useMutation({
    mutationFn: (name: string) => choosePolicy(project, name),
    onSuccess: (policy) => {
      cache.setQueryData(chosenQuery(project).queryKey, policy);
      void cache.invalidateQueries({ queryKey: policiesQuery.queryKey });
      setPicked(null);
      notify({ message: t("policies.chosen", { project, name: policy.name }) });
    },
  });
  const shown = picked ?? chosen?.name ?? "";
  const refusal = !mayChoosePolicy
    ? t("refusal.notOwner")
    : shown === chosen?.name
      ? t("hosts.labelsSame")
      : null;
  return (
    <Panel title={t("policies.ofProject", { project })} note={t("policies.ofProjectNote")}>
      <form
        className={styles.choice}
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) choose.mutate(shown);
        }}
      >
        <NativeSelect
          size="xs"
          aria-label={t("policies.ofProject", { project })}
          value={shown}
          disabled={!mayChoosePolicy || chosen === undefined}
          data={policies.map((one) => one.name)}
          onChange={(event) => setPicked(event.currentTarget.value)}
        />
        <Verb
          label={t("policies.choose")}
          refusal={refusal}
          isBusy={choose.isPending}
          onClick={() => choose.mutate(shown)}
        />
      </form>
      {(choose.error ?? error) && <ErrorNote error={choose.error ?? (error as Error)} />}
    </Panel>
  );
}
