import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { HostNew } from "@/shared/api/types";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { notify } from "@/shared/ui/notify";
import { addHost } from "./queries";

interface Draft {
  name: string;
  url: string;
  data_address: string;
  labels: string;
  ca: string;
  cert: string;
  key: string;
}
type Field = keyof Draft;

const EMPTY: Draft = {
  name: "",
  url: "unix:///var/run/docker.sock",
  data_address: "",
  labels: "",
  ca: "",
  cert: "",
  key: "",
};
const POINTERS: Record<Field, string> = {
  name: "/name",
  url: "/url",
  data_address: "/data_address",
  labels: "/labels",
  ca: "/tls/ca",
  cert: "/tls/cert",
  key: "/tls/key",
};

function toHost(draft: Draft): HostNew {
  const { name, url, data_address, ca, cert, key } = draft;
  const pairs = draft.labels.split(/[\s,]+/).filter(Boolean);
  const labels = Object.fromEntries(
    pairs.map((pair) => [pair.split("=")[0] ?? "", pair.split("=").slice(1).join("=")]),
  );
  const hasTls = url.startsWith("tcp://") && [ca, cert, key].some((pem) => pem.trim() !== "");
  return {
    name,
    url,
    labels,
    data_address,
    ...(hasTls ? { tls: { ca, cert, key } } : {}),
  };
}

export function AddHost({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(EMPTY);
  const add = useAddHost(() => {
    setDraft(EMPTY);
    onClose();
  });
  const error = add.error instanceof RequestFailed ? add.error : null;
  const at = (field: Field): string | undefined =>
    error?.fields.find(
      (one) => one.pointer === POINTERS[field] || (field === "labels" && one.pointer.startsWith("/labels/")),
    )?.message;
  const set = (field: Field) => (event: { currentTarget: { value: string } }) =>
    setDraft({ ...draft, [field]: event.currentTarget.value });
  const isTcp = draft.url.startsWith("tcp://");
  const isPlaced = (Object.keys(POINTERS) as Field[]).some((field) => at(field) !== undefined);
  const input = (field: Field) => ({
    value: draft[field],
    error: at(field),
    onChange: set(field),
    size: "xs" as const,
  });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("hosts.add")} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(toHost(draft));
        }}
      >
        <Stack gap="sm">
          <TextInput label={t("hosts.name")} placeholder="fra-1" data-autofocus {...input("name")} />
          <TextInput label={t("hosts.url")} description={t("hosts.urlHint")} {...input("url")} />
          {isTcp && <p className="soft">{t("hosts.tlsHint")}</p>}
          {isTcp &&
            (["ca", "cert", "key"] as const).map((field) => (
              <Textarea
                key={field}
                label={t(`hosts.${field}`)}
                placeholder="-----BEGIN …"
                rows={3}
                spellCheck={false}
                {...input(field)}
              />
            ))}
          <TextInput
            label={t("hosts.dataAddress")}
            description={t("hosts.dataAddressHint")}
            {...input("data_address")}
          />
          <TextInput label={t("hosts.labels")} placeholder="zone=fra disk=ssd" {...input("labels")} />
          {add.error && !isPlaced && <ErrorNote error={add.error} />}
          <Group justify="flex-end">
            <Button size="xs" variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button size="xs" type="submit" loading={add.isPending}>
              {t("hosts.addVerb")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function useAddHost(then: () => void) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const key = useRef(newKey());
  return useMutation({
    mutationFn: (host: HostNew) => addHost(host, key.current),
    onSuccess: (host) => {
      key.current = newKey();
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      notify({ message: t("hosts.added", { name: host.name }) });
      then();
    },
    // After a refusal the next try is another request; after a silence it is the same one.
    onError: (error) => {
      if (error instanceof RequestFailed && error.isFinal) key.current = newKey();
    },
  });
}
