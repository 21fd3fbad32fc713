import { Button, Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { showMoment, shortImage } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { StateAge } from "@/shared/ui/StateAge";
import { Changes } from "./Changes";
import { diffQuery, revisionsQuery } from "./queries";
import block from "@/shared/ui/Block.module.css";
import { useServiceVerbs } from "./useServiceVerbs";

interface Props {
  service: Service;
  /** Where somebody chose one already. */
  to?: number;
  onClose: () => void;
}

/** An earlier revision again: which one, what would change by it, and then the word. */
export function RollBack({ service, to, onClose }: Props) {
  const { t } = useTranslation();
  const verbs = useServiceVerbs(service);
  const current = service.revision.number;
  const { data, error, refetch } = useQuery(revisionsQuery(service, current));
  const [picked, setPicked] = useState<number | null>(to ?? null);
  const others = (data ?? []).filter((one) => one.number !== current);
  const chosen = picked ?? others.find((one) => one.number < current)?.number ?? others[0]?.number ?? null;
  return (
    <Dialog isOpen onClose={onClose} title={t("rollBack.title", { name: service.name })} size="lg">
      <div className={block.parts}>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && others.length === 0 && <p>{t("rollBack.none")}</p>}
        {chosen !== null && (
          <>
            <Select
              size="xs"
              label={t("rollBack.which")}
              allowDeselect={false}
              value={String(chosen)}
              data={others.map((one) => ({
                value: String(one.number),
                label: `${one.number} · ${shortImage(one.image)} · ${showMoment(one.created_at)}`,
              }))}
              onChange={(value) => setPicked(Number(value))}
            />
            <Difference service={service} from={current} to={chosen} />
            <p>{t("rollBack.text", { count: service.desired_count, batch: service.update.batch })}</p>
          </>
        )}
        <StateAge isSentence />
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            size="xs"
            disabled={chosen === null || verbs.refusal("roll-back") !== null}
            loading={verbs.busy === "roll-back"}
            onClick={() => verbs.ask({ verb: "roll-back", revision: chosen }, onClose)}
          >
            {t("rollBack.verb", { number: chosen ?? "" })}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}

interface DifferenceProps {
  service: Service;
  from: number;
  to: number;
}

/** From one revision to another, as the server sees it. */
export function Difference({ service, from, to }: DifferenceProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(diffQuery(service, from, to));
  const label = t("diff.between", { from, to });
  return (
    <section className={block.parts}>
      <h3>{label}</h3>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={[70, 50]} />}
      {data && <Changes label={label} changes={data} />}
    </section>
  );
}
