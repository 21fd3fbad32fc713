import { IconReplace } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { containerKey } from "@/shared/api/queries";
import { RequestFailed } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { notify } from "@/shared/ui/notify";
import { Verb } from "@/shared/ui/Verb";
import { replaceOne } from "./queries";

/** Which service wants it, where in it, and as which revision. Nothing for what stands alone. */
export function OfService({ container }: { container: Container }) {
  const { t } = useTranslation();
  const { project, service, service_id, slot_key, revision } = container;
  if (service === null || service_id === null) return null;
  return (
    <Link to={ROUTES.service} params={{ project, id: service_id }}>
      {t("service.of", { name: service, slot: slot_key, revision: revision ?? "–" })}
    </Link>
  );
}

/** Another one in its place, within the bounds of its service: a wish, done by the service. */
export function ReplaceButton({ container, id }: { container: Container; id: string }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { project, name } = container;
  const { mayOperate } = useRights(project);
  const replace = useMutation({
    mutationFn: () => replaceOne({ project, id }),
    onSuccess: (answer) => {
      cache.setQueryData<Container>(containerKey({ project, id }), (shown) => newer(shown, answer));
      notify({ message: t("service.replaced", { name }) });
    },
    onError: (error) =>
      notify({
        color: "red",
        title: t("service.replaceFailed", { name }),
        message: error instanceof RequestFailed ? error.message : t("error.unreachable"),
      }),
  });
  const asked = container.replace_asked ? t("service.replaceAskedAlready") : null;
  const over = container.superseded ? t("refusal.superseded") : null;
  return (
    <Verb
      label={t("service.replace")}
      icon={<IconReplace size={15} stroke={1.7} />}
      refusal={mayOperate ? (over ?? asked) : t("refusal.viewer")}
      isBusy={replace.isPending}
      isDestructive
      onClick={() => replace.mutate()}
    />
  );
}
