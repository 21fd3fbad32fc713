import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { notify } from "@/shared/ui/notify";
import { askFor, containerKey, type VerbName } from "./queries";
import { type Refusal, refusal } from "./rules";

interface Verbs {
  busy: VerbName | null;
  isRemoving: boolean;
  setRemoving: (isRemoving: boolean) => void;
  refusal: (verb: VerbName) => Refusal | null;
  ask: (verb: VerbName) => void;
}

/** Stop, restart, remove: asks, shows the answer at once, says when it was refused. */
export function useVerbs(container: Container, id: string): Verbs {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [isRemoving, setRemoving] = useState(false);
  const { mayOperate } = useRights(container.project);
  const ref = { project: container.project, id };
  const verb = useMutation({
    mutationFn: (name: VerbName) => askFor(name, ref),
    onSuccess: (answer) => cache.setQueryData<Container>(containerKey(ref), (shown) => newer(shown, answer)),
    onError: (error, name) =>
      notify({
        color: "red",
        title: t("container.verbFailed", { verb: t(`verb.${name}`), name: container.name }),
        message:
          error instanceof RequestFailed ? `${error.message} (${error.requestId})` : t("error.unreachable"),
      }),
    onSettled: () => setRemoving(false),
  });
  return {
    busy: verb.isPending ? verb.variables : null,
    isRemoving,
    setRemoving,
    refusal: (name) => refusal(name, container, mayOperate),
    ask: (name) => verb.mutate(name),
  };
}
