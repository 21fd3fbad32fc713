import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { isStatus, RequestFailed } from "@/shared/api/problem";
import type { ServiceVerb } from "@/shared/api/rules.generated";
import type { Service } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { notify } from "@/shared/ui/notify";
import { sayTo, serviceKey, type Wish } from "./queries";
import { serviceRefusal, standingOf } from "./rules";

export interface ServiceVerbs {
  busy: Wish["verb"] | null;
  /** Why not, in words; null when it can be done. */
  refusal: (verb: ServiceVerb) => string | null;
  /** `then` once the server has taken it. */
  ask: (wish: Wish, then?: () => void) => void;
  /** Something else has changed it. */
  refresh: () => void;
}

/** The verbs of a service: asks, shows the answer at once, says when it was refused. */
export function useServiceVerbs(service: Service): ServiceVerbs {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { mayOperate } = useRights(service.project);
  const key = serviceKey(service);
  const wish = useMutation({
    mutationFn: (said: Wish) => sayTo(service, said),
    onSuccess: (answer) => cache.setQueryData<Service>(key, (shown) => newer(shown, answer)),
    onError: (error, { verb }) => {
      // Somebody was faster: what they did is shown, and the verb can be said again.
      if (isStatus(error, 412)) void cache.invalidateQueries({ queryKey: key, exact: true });
      notify({
        color: "red",
        title: t("service.verbFailed", { verb: t(`serviceVerb.${verb}`), name: service.name }),
        message: isStatus(error, 412)
          ? t("service.changedMeanwhile")
          : error instanceof RequestFailed
            ? `${error.message} (${error.requestId})`
            : t("error.unreachable"),
      });
    },
  });
  return {
    busy: wish.isPending ? wish.variables.verb : null,
    refusal: (verb) => {
      const reason = serviceRefusal(verb, standingOf(service), mayOperate);
      return reason === null ? null : t(`refusal.${reason}`);
    },
    ask: (said, then = () => undefined) => wish.mutate(said, { onSuccess: then }),
    refresh: () => void cache.invalidateQueries({ queryKey: key, exact: true }),
  };
}
