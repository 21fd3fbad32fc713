import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { StateAge } from "./StateAge";

interface Props {
  isOpen: boolean;
  title: string;
  verb: string;
  isBusy: boolean;
  children: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. The button carries the verb, not "OK". */
export function Confirm({ isOpen, title, verb, isBusy, children, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      {children}
      <StateAge isSentence />
      <Group justify="flex-end" mt="lg">
        <Button size="xs" variant="default" onClick={onClose} data-autofocus>
          {t("common.cancel")}
        </Button>
        <Button size="xs" color="red" loading={isBusy} onClick={onConfirm}>
          {verb}
        </Button>
      </Group>
    </Dialog>
  );
}
