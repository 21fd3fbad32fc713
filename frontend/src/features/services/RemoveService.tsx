import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { Dialog } from "@/shared/ui/Dialog";
import { StateAge } from "@/shared/ui/StateAge";
import block from "@/shared/ui/Block.module.css";
import { useServiceVerbs } from "./useServiceVerbs";

/** For somebody who types the service's name: all of its containers end, and it cannot be taken back. */
export function RemoveService({ service, onClose }: { service: Service; onClose: () => void }) {
  const { t } = useTranslation();
  const verbs = useServiceVerbs(service);
  const [typed, setTyped] = useState("");
  const mayRemove = typed === service.name;
  return (
    <Dialog isOpen onClose={onClose} title={t("service.removeTitle", { name: service.name })}>
      <form
        className={block.parts}
        onSubmit={(event) => {
          event.preventDefault();
          if (mayRemove) verbs.ask({ verb: "remove" }, onClose);
        }}
      >
        <p>{t("service.removeText", { count: service.live })}</p>
        <StateAge isSentence />
        <TextInput
          size="xs"
          label={t("service.typeName", { name: service.name })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button size="xs" color="red" type="submit" disabled={!mayRemove} loading={verbs.busy === "remove"}>
            {t("service.removeVerb")}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
