import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { RequestFailed } from "@/shared/api/problem";
import type { Container } from "@/shared/api/types";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import { useNow } from "@/shared/live/hooks";
import { notify } from "@/shared/ui/notify";
import { containerKey } from "@/shared/api/queries";
import styles from "./ContainerPage.module.css";
import { HOLD_S, keepRunning } from "./queries";

interface Held {
  project: string;
  id: string;
  name: string;
}

/** Says that a stop is held by the server, and offers to take it back, wherever one goes meanwhile. */
export function offerUndo(held: Held): void {
  const id = `held-${held.id}`;
  notifications.show({
    id,
    autoClose: HOLD_S * 1_000,
    withCloseButton: false,
    message: <HeldStop held={held} onOver={() => notifications.hide(id)} />,
  });
}

function HeldStop({ held, onOver }: { held: Held; onOver: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const now_ms = useNow();
  // By this clock alone: the server's may go differently.
  const [end_ms] = useState(() => Date.now() + HOLD_S * 1_000);
  const keep = useMutation({
    mutationFn: () => keepRunning(held),
    onSuccess: (answer) => cache.setQueryData<Container>(containerKey(held), (shown) => newer(shown, answer)),
    onError: (error) =>
      notify({
        color: "red",
        title: t("container.undoFailed", { name: held.name }),
        message: error instanceof RequestFailed ? error.message : t("error.unreachable"),
      }),
    onSettled: onOver,
  });
  useKeys(bind("held", { undo: () => keep.mutate() }));
  const seconds = Math.max(0, Math.ceil((end_ms - now_ms) / 1_000));
  return (
    <div className={styles.held}>
      <span>{t("container.held", { name: held.name, seconds })}</span>
      <Button size="compact-xs" variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
        {t("container.undo")}
      </Button>
    </div>
  );
}
