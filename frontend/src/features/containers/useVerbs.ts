import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { containerKey } from "@/shared/api/queries";
import { RequestFailed } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { notify } from "@/shared/ui/notify";
import { offerUndo } from "./HeldStop";
import { askFor, HOLD_S, type VerbName } from "./queries";
import { type Facts, rowRefusal } from "./rowFacts";

/** A container as the list, the peek and its page all know it. */
export interface Target {
  project: string;
  /** A slot's id, or one attempt's. */
  id: string;
  name: string;
  /** Null: it is gone. */
  facts: Facts | null;
}

export interface Verbs {
  busy: VerbName | null;
  isRemoving: boolean;
  setRemoving: (isRemoving: boolean) => void;
  /** Why not, in words; null when it can be done. */
  refusal: (verb: VerbName) => string | null;
  ask: (verb: VerbName) => void;
}

/** Stop, restart, remove: asks, shows the answer at once, says when it was refused. */
export function useVerbs(target: Target): Verbs {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [isRemoving, setRemoving] = useState(false);
  const { mayOperate } = useRights(target.project);
  const verb = useMutation({
    mutationFn: (name: VerbName) => askFor(name, target, HOLD_S),
    onSuccess: (answer) => {
      cache.setQueryData<Container>(containerKey(target), (shown) => newer(shown, answer));
      if (answer.stop_at !== null) offerUndo(target);
    },
    onError: (error, name) =>
      notify({
        color: "red",
        title: t("container.verbFailed", { verb: t(`verb.${name}`), name: target.name }),
        message:
          error instanceof RequestFailed ? `${error.message} (${error.requestId})` : t("error.unreachable"),
      }),
    onSettled: () => setRemoving(false),
  });
  return {
    busy: verb.isPending ? verb.variables : null,
    isRemoving,
    setRemoving,
    refusal: (name) => {
      const reason = rowRefusal(name, target.facts, mayOperate);
      return reason === null ? null : t(`refusal.${reason}`);
    },
    ask: (name) => verb.mutate(name),
  };
}
