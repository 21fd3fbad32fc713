import { IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Confirm } from "@/shared/ui/Confirm";
import { Verb } from "@/shared/ui/Verb";
import { type Target, useVerbs, type Verbs } from "./useVerbs";

const ICON = { size: 15, stroke: 1.7 } as const;

/** Stop, restart and remove as buttons; what cannot be done says why. */
export function ContainerVerbs({ target }: { target: Target }) {
  const { t } = useTranslation();
  const verbs = useVerbs(target);
  return (
    <>
      <Verb
        label={t("verb.stop")}
        icon={<IconPlayerStop {...ICON} />}
        refusal={verbs.refusal("stop")}
        isBusy={verbs.busy === "stop"}
        isDestructive
        onClick={() => verbs.ask("stop")}
      />
      <Verb
        label={t("verb.restart")}
        icon={<IconRefresh {...ICON} />}
        refusal={verbs.refusal("restart")}
        isBusy={verbs.busy === "restart"}
        isDestructive
        onClick={() => verbs.ask("restart")}
      />
      <Verb
        label={t("verb.remove")}
        icon={<IconTrash {...ICON} />}
        refusal={verbs.refusal("remove")}
        isDanger
        onClick={() => verbs.setRemoving(true)}
      />
      <ConfirmRemove name={target.name} verbs={verbs} />
    </>
  );
}

export function ConfirmRemove({ name, verbs }: { name: string; verbs: Verbs }) {
  const { t } = useTranslation();
  return (
    <Confirm
      isOpen={verbs.isRemoving}
      title={t("container.removeTitle", { name })}
      verb={t("verb.remove")}
      isBusy={verbs.busy === "remove"}
      onConfirm={() => verbs.ask("remove")}
      onClose={() => verbs.setRemoving(false)}
    >
      <p>{t("container.removeText")}</p>
    </Confirm>
  );
}
