import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { newer } from "@/live/merge";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { useRights } from "@/shared/lib/roles";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Meter } from "@/shared/ui/Meter";
import { Panel } from "@/shared/ui/Panel";
import { drainQuery } from "./drain";
import { DrainTables } from "./DrainHost";
import block from "@/shared/ui/Block.module.css";
import { hostKey, setCordon } from "./queries";

const EVERY_MS = 2_000;

/** While a host is emptied: how far that is, what is left, what is in the way, and the way back. */
export function DrainPanel({ host }: { host: Host }) {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  // Each change of the host is a reason to ask at once; a container that leaves is none, so it is asked again anyway.
  const asOf = `${host.version}.${host.containers}`;
  const asked = { ...drainQuery(host.name, asOf), enabled: isAdmin, refetchInterval: EVERY_MS };
  const { data, error, refetch } = useQuery(asked);
  if (!isAdmin) return <Panel title={t("drain.going")}>{t("drain.hidden")}</Panel>;
  const words = data && t("drain.done", { done: data.done, total: data.total });
  return (
    <Panel title={t("drain.going")} note={words} actions={<CancelDrain host={host} />}>
      <div className={block.parts} data-testid="drain">
        {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && (
          <>
            <Meter
              isWide
              label={t("drain.going")}
              used={data.done}
              reserved={0}
              capacity={data.total}
              text={data.summary !== "" ? data.summary : (words ?? "")}
            />
            {data.blocked.length + data.moves.length > 0 && <DrainTables drain={data} />}
          </>
        )}
      </div>
    </Panel>
  );
}

function CancelDrain({ host }: { host: Host }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => setCordon(host.name, false),
    onSuccess: (answer) => {
      cache.setQueryData<Host>(hostKey(host.name), (shown) => newer(shown, answer));
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
    },
  });
  return (
    <>
      {cancel.error && <ErrorNote error={cancel.error} />}
      <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t("drain.cancel")}
      </Button>
    </>
  );
}
