import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { UsageRange } from "../lib/paths";
import styles from "./Chart.module.css";
import { ChartRange } from "./ChartRange";
import { EmptyState } from "./EmptyState";
import { ErrorNote } from "./ErrorNote";
import { Loading } from "./Loading";

interface Props<Read> {
  range: UsageRange;
  onRange: (range: UsageRange) => void;
  read: Pick<UseQueryResult<Read>, "data" | "error" | "refetch">;
  /** Why nothing was measured, or when something will be. */
  none: string;
  children: (data: Read) => ReactNode;
}

/** What stands around plots of what was used: how far back, and what is said while there is nothing to plot. */
export function UsageFrame<Read extends { at: readonly unknown[] }>(props: Props<Read>) {
  const { range, onRange, read, none, children } = props;
  const { t } = useTranslation();
  const { data, error, refetch } = read;
  return (
    <>
      <div className={styles.bar}>
        <ChartRange value={range} onChange={onRange} />
        <span className="soft">{t("usage.drag")}</span>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={[90, 90]} />}
      {data?.at.length === 0 && <EmptyState title={t("usage.none")} text={none} />}
      {data && data.at.length > 0 && children(data)}
    </>
  );
}
