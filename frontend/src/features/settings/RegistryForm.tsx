import { Button, Checkbox, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "@/shared/api/problem";
import type { Registry, RegistryNew } from "@/shared/api/types";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { notify } from "@/shared/ui/notify";
import { registriesQuery, saveRegistry } from "./registries";

interface Props {
  project: string;
  /** Whose password is replaced; left out: a new one. */
  registry?: Registry;
  onClose: () => void;
}

const POINTERS = ["/host", "/username", "/password"];

/** Saved only when the registry itself takes the login; its own words stand at the field that seems wrong. */
export function RegistryForm({ project, registry, onClose }: Props) {
  const { t } = useTranslation();
  const [host, setHost] = useState(registry?.host ?? "");
  const [username, setUsername] = useState(registry?.username ?? "");
  const [password, setPassword] = useState("");
  const [force, setForce] = useState(false);
  const save = useSave(project, onClose);
  const fields = save.error instanceof RequestFailed ? save.error.fields : [];
  const at = (pointer: string): string | undefined =>
    fields.find((field) => field.pointer === pointer)?.message;
  const isPlaced = POINTERS.some((pointer) => at(pointer) !== undefined);
  const mayForce = fields.some((field) => field.code === "test-failed") || force;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={registry ? t("registries.editTitle", { host: registry.host }) : t("registries.add")}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ host: host.trim(), username, password, force });
        }}
      >
        <Stack gap="sm">
          <HostField value={host} error={at("/host")} isFixed={registry !== undefined} onChange={setHost} />
          <TextInput
            size="xs"
            label={t("registries.user")}
            autoComplete="off"
            value={username}
            error={at("/username")}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            size="xs"
            label={t("registries.password")}
            description={t("registries.passwordHint")}
            autoComplete="new-password"
            data-autofocus={registry ? true : undefined}
            visibilityToggleButtonProps={{ "aria-label": t("registries.showPassword") }}
            value={password}
            error={at("/password")}
            aria-invalid={at("/password") !== undefined}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {mayForce && (
            <Checkbox
              size="xs"
              label={t("registries.force")}
              checked={force}
              onChange={(event) => setForce(event.currentTarget.checked)}
            />
          )}
          {save.error && !isPlaced && <ErrorNote error={save.error} />}
          <Group justify="flex-end">
            <Button size="xs" variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button size="xs" type="submit" loading={save.isPending}>
              {t("registries.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface HostFieldProps {
  value: string;
  error: string | undefined;
  isFixed: boolean;
  onChange: (host: string) => void;
}

function HostField({ value, error, isFixed, onChange }: HostFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      size="xs"
      label={t("registries.host")}
      description={t("registries.hostHint")}
      placeholder="registry.example:5000"
      data-autofocus={isFixed ? undefined : true}
      readOnly={isFixed}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function useSave(project: string, onSaved: () => void) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (login: RegistryNew) => saveRegistry(project, login),
    onSuccess: (saved) => {
      notify({ message: t("registries.saved", { host: saved.host, words: saved.test_message }) });
      onSaved();
    },
    onSettled: () => void cache.invalidateQueries({ queryKey: registriesQuery(project).queryKey }),
  });
}
