import { Button, Group } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "@/shared/api/queries";
import type { Draining, Held, Host } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { PlanDialog } from "@/shared/ui/PlanDialog";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { StateAge } from "@/shared/ui/StateAge";
import { drainQuery, startDrain } from "./drain";
import block from "@/shared/ui/Block.module.css";
import styles from "./HostPage.module.css";
import { hostKey } from "./queries";

/** Says first what would move and what could not; only then the host is emptied. */
export function DrainHost({ host, onClose }: { host: Host; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { data, error, refetch, isFetching } = useQuery(drainQuery(host.name, "preview"));
  const [plans, setPlans] = useState(false);
  const done = (): void => {
    void cache.invalidateQueries({ queryKey: hostKey(host.name) });
    void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
    onClose();
  };
  const start = useMutation({
    mutationFn: () => startDrain(host),
    onSuccess: done,
  });
  if (plans) {
    return (
      <PlanDialog
        title={t("plans.drain", { name: host.name })}
        changes={[{ verb: "host.drain", host: host.name }]}
        onClose={() => setPlans(false)}
        onApplied={done}
      />
    );
  }
  return (
    <Dialog isOpen onClose={onClose} title={t("drain.title", { name: host.name })} size="xl">
      <div className={block.parts}>
        <p>{t("drain.text")}</p>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading lines={[80, 60]} />}
        {data && (
          <div data-testid="drain-preview" className={block.parts}>
            {data.summary !== "" && <p>{data.summary}</p>}
            <DrainTables drain={data} />
          </div>
        )}
        {start.error && <ErrorNote error={start.error} />}
        <StateAge isSentence />
        <Group justify="flex-end">
          <Button size="xs" variant="default" loading={isFetching && !!data} onClick={() => void refetch()}>
            {t("hosts.lookAgain")}
          </Button>
          <Button size="xs" variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button size="xs" variant="default" onClick={() => setPlans(true)}>
            {t("plans.show")}
          </Button>
          <Button
            size="xs"
            color="red"
            disabled={!data}
            loading={start.isPending}
            onClick={() => start.mutate()}
          >
            {t("drain.start")}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}

/** What moves and what is in the way, each with its reason. */
export function DrainTables({ drain }: { drain: Draining }) {
  const { t } = useTranslation();
  const heads = [t("column.name"), t("header.project"), t("drain.why")];
  const service = (one: Held): React.ReactNode => one.service ?? t("drain.alone");
  return (
    <>
      {drain.blocked.length > 0 && (
        <Section
          title={t("drain.blocked", { count: drain.blocked.length })}
          heads={heads}
          rows={drain.blocked.map((one) => ({ key: one.container, cells: [...cells(one), one.why] }))}
        />
      )}
      <Section
        title={t("drain.moves", { count: drain.moves.length })}
        heads={[t("column.name"), t("header.project"), t("drain.service"), t("drain.to"), t("drain.why")]}
        rows={drain.moves.map((one) => ({
          key: one.container,
          cells: [...cells(one), service(one), one.to ?? "–", one.why],
        }))}
      />
    </>
  );
}

function cells(one: Held): React.ReactNode[] {
  const params = { project: one.project, id: one.slot };
  return [
    <Link key="name" className="mono" to={ROUTES.container} params={params}>
      {one.name}
    </Link>,
    one.project,
  ];
}

interface SectionProps {
  title: string;
  heads: readonly string[];
  rows: readonly { key: string; cells: readonly React.ReactNode[] }[];
}

function Section({ title, heads, rows }: SectionProps) {
  return (
    <section>
      <h3>{title}</h3>
      {rows.length > 0 && (
        <div className={styles.scroll}>
          <SimpleTable label={title} heads={heads} rows={rows} />
        </div>
      )}
    </section>
  );
}
