import { IconDoorExit, IconLock, IconLockOpen, IconSkull, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { Verb } from "@/shared/ui/Verb";
import { notify } from "@/shared/ui/notify";
import { DrainHost } from "./DrainHost";
import { MarkDead } from "./MarkDead";
import { hostKey, setCordon } from "./queries";
import { RemoveHost } from "./RemoveHost";
import { hostRefusal } from "./rules";

const ICON = { size: 15, stroke: 1.7 } as const;

/** Cordon at once, because it can be taken back; all that moves or ends something only behind what it would do. */
export function HostVerbs({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const [open, setOpen] = useState<"drain" | "dead" | "remove" | null>(null);
  const refusal = isAdmin ? null : t("refusal.notAdmin");
  const noDrain = hostRefusal("drain", host, isAdmin);
  const close = (): void => setOpen(null);
  return (
    <>
      <Cordon host={host} isAdmin={isAdmin} />
      <Verb
        label={t("drain.verb")}
        icon={<IconDoorExit {...ICON} />}
        refusal={noDrain === null ? null : t(`refusal.${noDrain}`)}
        isDestructive
        onClick={() => setOpen("drain")}
      />
      <Verb
        label={t("hosts.markDead")}
        icon={<IconSkull {...ICON} />}
        refusal={refusal}
        isDanger
        onClick={() => setOpen("dead")}
      />
      <Verb
        label={t("hosts.remove")}
        icon={<IconTrash {...ICON} />}
        refusal={refusal}
        isDanger
        onClick={() => setOpen("remove")}
      />
      {open === "drain" && <DrainHost host={host} onClose={close} />}
      {open === "dead" && <MarkDead host={host} onClose={close} />}
      {open === "remove" && <RemoveHost host={host} onClose={close} />}
    </>
  );
}

function Cordon({ host, isAdmin }: { host: Host; isAdmin: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const isCordoned = host.availability !== "active";
  const reason = hostRefusal(isCordoned ? "uncordon" : "cordon", host, isAdmin);
  const cordon = useMutation({
    mutationFn: () => setCordon(host.name, !isCordoned),
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
    },
    onError: (error) =>
      notify({
        color: "red",
        message: error instanceof RequestFailed ? error.message : t("error.unreachable"),
      }),
  });
  return (
    <Verb
      label={t(isCordoned ? "hosts.uncordon" : "hosts.cordon")}
      icon={isCordoned ? <IconLockOpen {...ICON} /> : <IconLock {...ICON} />}
      refusal={reason === null ? null : t(`refusal.${reason}`)}
      isBusy={cordon.isPending}
      onClick={() => cordon.mutate()}
    />
  );
}
