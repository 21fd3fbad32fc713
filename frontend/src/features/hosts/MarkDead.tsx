import { Button, Group, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Following, Host } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { notify } from "@/shared/ui/notify";
import block from "@/shared/ui/Block.module.css";
import styles from "./HostPage.module.css";
import { followingQuery, hostKey, markDead } from "./queries";

/** Says first what would follow; does it only for somebody who types the host's name. */
export function MarkDead({ host, onClose }: { host: Host; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { data, error, refetch, isFetching } = useQuery(followingQuery(host.name));
  const mark = useMark(host, onClose);
  const isRefused = data === undefined || data.refusal !== "";
  const mayMark = !isRefused && typed === host.name;
  return (
    <Dialog isOpen onClose={onClose} title={t("hosts.markDeadTitle", { name: host.name })} size="lg">
      <form
        className={block.parts}
        onSubmit={(event) => {
          event.preventDefault();
          if (mayMark) mark.mutate();
        }}
      >
        <p>{t("hosts.markDeadText")}</p>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading lines={[80, 60]} />}
        {data && <Preview following={data} />}
        {data && data.refusal !== "" && (
          <div className={styles.refusal} role="note">
            {t("hosts.markDeadRefused", { why: data.refusal })}
          </div>
        )}
        {!isRefused && (
          <TextInput
            size="xs"
            label={t("hosts.typeName", { name: host.name })}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {mark.error && <ErrorNote error={mark.error} />}
        <Group justify="flex-end">
          <Button size="xs" variant="default" loading={isFetching && !!data} onClick={() => void refetch()}>
            {t("hosts.lookAgain")}
          </Button>
          <Button size="xs" variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button size="xs" color="red" type="submit" disabled={!mayMark} loading={mark.isPending}>
            {t("hosts.markDeadVerb")}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}

function Preview({ following }: { following: Following }) {
  const { t } = useTranslation();
  const groups = [
    [t("hosts.moves", { count: following.moves.length }), following.moves],
    [t("hosts.stays", { count: following.stays.length }), following.stays],
  ] as const;
  return (
    <div data-testid="following" className={block.parts}>
      {groups.map(([title, rows]) => (
        <section key={title}>
          <h3>{title}</h3>
          {rows.length > 0 && (
            <div className={styles.scroll}>
              <SimpleTable
                label={title}
                heads={[t("column.name"), t("header.project"), t("hosts.was"), t("hosts.follows")]}
                rows={rows.map((one) => ({
                  key: one.id,
                  cells: [
                    <Link
                      key="name"
                      className="mono"
                      to={ROUTES.container}
                      params={{ project: one.project, id: one.slot }}
                    >
                      {one.name}
                    </Link>,
                    one.project,
                    one.was,
                    one.why,
                  ],
                }))}
              />
            </div>
          )}
        </section>
      ))}
    </div>
  );
}

function useMark(host: Host, onClose: () => void) {
  const cache = useQueryClient();
  const key = useRef(newKey());
  return useMutation({
    mutationFn: () => markDead(host.name, key.current),
    onSuccess: (done) => {
      notify({ message: done.summary, autoClose: 12_000 });
      void cache.invalidateQueries({ queryKey: hostKey(host.name) });
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      onClose();
    },
    onError: (error) => {
      if (error instanceof RequestFailed && error.isFinal) key.current = newKey();
    },
  });
}
