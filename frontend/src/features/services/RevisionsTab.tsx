import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Revision, Service } from "@/shared/api/types";
import { showMoment, shortImage } from "@/shared/lib/format";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ConditionMark } from "@/shared/ui/Status";
import { revisionsQuery } from "./queries";
import { Difference, RollBack } from "./RollBack";
import type { ServiceSearch } from "./ServicePage";
import styles from "./Services.module.css";
import { useServiceVerbs } from "./useServiceVerbs";

interface Props {
  service: Service;
  search: ServiceSearch;
  onSearch: (search: ServiceSearch) => void;
}

/** Every container that was ever wanted, newest first, and what differs between any two of them. */
export function RevisionsTab({ service, search, onSearch }: Props) {
  const { t } = useTranslation();
  const [back, setBack] = useState<number | null>(null);
  const { data, error, refetch } = useQuery(revisionsQuery(service, service.revision.number));
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const known = (number: number | undefined): number | undefined =>
    data.find((one) => one.number === number)?.number;
  const to = known(search.to) ?? data[0]?.number ?? 1;
  const from = known(search.from) ?? data.find((one) => one.number < to)?.number ?? to;
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <Panel title={t("service.tab.revisions")} isFlush>
          <List
            service={service}
            revisions={data}
            chosen={{ from, to }}
            onChoose={(side, number) => onSearch({ ...search, tab: "revisions", from, to, [side]: number })}
            onBack={setBack}
          />
        </Panel>
      </div>
      <div className={styles.column}>
        <Panel title={t("diff.title")}>
          {from === to ? (
            <p className="soft">{t(data.length > 1 ? "diff.chooseTwo" : "diff.onlyOne")}</p>
          ) : (
            <Difference service={service} from={from} to={to} />
          )}
        </Panel>
      </div>
      {back !== null && <RollBack service={service} to={back} onClose={() => setBack(null)} />}
    </div>
  );
}

interface ListProps {
  service: Service;
  revisions: readonly Revision[];
  chosen: { from: number; to: number };
  onChoose: (side: "from" | "to", number: number) => void;
  onBack: (number: number) => void;
}

function List({ service, revisions, chosen, onChoose, onBack }: ListProps) {
  const { t } = useTranslation();
  const verbs = useServiceVerbs(service);
  const refusal = verbs.refusal("roll-back");
  const radio = (side: "from" | "to", number: number) => (
    <input
      key={side}
      type="radio"
      name={`revision-${side}`}
      aria-label={t(`diff.${side}Revision`, { number })}
      checked={chosen[side] === number}
      onChange={() => onChoose(side, number)}
    />
  );
  const rows = revisions.map((one) => ({
    key: String(one.number),
    cells: [
      radio("from", one.number),
      radio("to", one.number),
      <span key="number" className="mono">
        r{one.number}
      </span>,
      <span key="image" className="mono" title={one.image}>
        {shortImage(one.image)}
      </span>,
      showMoment(one.created_at),
      <span key="who" className="mono soft">
        {one.created_by}
      </span>,
      one.is_current ? (
        <ConditionMark key="current" isOk word={t("service.wanted")} />
      ) : (
        <Button
          key="back"
          size="compact-xs"
          variant="default"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          aria-label={t("rollBack.verb", { number: one.number })}
          onClick={() => onBack(one.number)}
        >
          {t("serviceVerb.roll-back")}…
        </Button>
      ),
    ],
  }));
  const heads = [
    t("diff.from"),
    t("diff.to"),
    t("service.column.revision"),
    t("column.image"),
    t("service.column.made"),
    t("events.actor"),
    t("service.column.act"),
  ];
  return <SimpleTable label={t("service.tab.revisions")} heads={heads} rows={rows} />;
}
