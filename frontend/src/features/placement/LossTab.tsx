import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "@/shared/api/queries";
import type { HostLoss } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { ConditionMark } from "@/shared/ui/Status";
import { HostLink } from "./HostLink";
import { labelsOf } from "./labels";
import styles from "./Placement.module.css";
import { lossQuery } from "./queries";

/** Whether everything still fits if any host is lost, or all hosts with one value of a label; the worst first. */
export function LossTab({ label, onLabel }: { label: string; onLabel: (label: string) => void }) {
  const { t } = useTranslation();
  const { data: hosts = [] } = useQuery(hostsQuery);
  const { data, error, refetch } = useQuery(lossQuery(label));
  const known = labelsOf(hosts);
  const all = label === "" || known.includes(label) ? known : [...known, label];
  return (
    <div className={styles.parts}>
      <NativeSelect
        size="xs"
        className={styles.what}
        label={t("loss.what")}
        value={label}
        data={[
          { value: "", label: t("loss.each") },
          ...all.map((value) => ({ value, label: t("loss.byLabel", { label: value }) })),
        ]}
        onChange={(event) => onLabel(event.currentTarget.value)}
      />
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Losses found={data} />}
    </div>
  );
}

function Losses({ found }: { found: HostLoss }) {
  const { t } = useTranslation();
  const { label, worst } = found;
  const isTold = worst.some((one) => one.reasons.some((reason) => reason.why !== ""));
  const rows = worst.map((one) => ({
    key: one.name,
    cells: [
      label === null ? <HostLink key="name" name={one.name} /> : <span className="mono">{one.name}</span>,
      ...(label === null ? [] : [one.hosts]),
      <ConditionMark
        key="fits"
        isOk={one.unplaced === 0}
        word={one.unplaced === 0 ? t("loss.fits") : t("loss.lacks", { count: one.unplaced })}
      />,
      one.moves,
      one.ends,
      ...(isTold
        ? [
            one.reasons.map((reason, index) => (
              <span key={index} className={styles.reason}>
                {reason.why}
              </span>
            )),
          ]
        : []),
    ],
  }));
  const heads = [
    label ?? t("column.host"),
    ...(label === null ? [] : [t("loss.hosts")]),
    t("loss.outcome"),
    t("loss.moves"),
    t("loss.ends"),
    ...(isTold ? [t("loss.why")] : []),
  ];
  return (
    <>
      <div className={styles.verdict} data-fits={found.fits} data-testid="loss">
        <h2>{verdict(found, t)}</h2>
        <p className="soft">{t("loss.asOf", { at: showMoment(found.at) })}</p>
      </div>
      {rows.length > 0 && (
        <Panel
          title={t("loss.worst")}
          note={t("loss.note", { shown: rows.length, count: found.asked })}
          isFlush
        >
          <SimpleTable label={t("loss.worst")} heads={heads} rows={rows} />
        </Panel>
      )}
    </>
  );
}

function verdict({ asked, failing, fits, label, worst }: HostLoss, t: TFunction): string {
  if (asked === 0) return t("hosts.empty");
  const [first] = worst;
  if (fits)
    return label === null
      ? t("loss.anyFits", { count: asked })
      : t("loss.labelFits", { label, count: asked });
  const left = t("loss.after", { name: first?.name ?? "", count: first?.unplaced ?? 0 });
  const words =
    label === null
      ? t("loss.some", { failing, count: asked })
      : t("loss.someOf", { failing, label, count: asked });
  return `${words} ${left}`;
}
