import { useTranslation } from "react-i18next";
import type { Decision } from "@/shared/api/types";
import { useCodeName } from "@/shared/i18n/useCodeName";
import { Panel } from "./Panel";
import { SimpleTable } from "./SimpleTable";

/** Each host that a pass refused, by which filter and in which words; nothing when there is none. */
export function RefusedHosts({ refused, note }: { refused: Decision["refused"]; note: string }) {
  const { t } = useTranslation();
  const filterName = useCodeName("filter");
  if (refused.length === 0) return null;
  const rows = refused.map((one) => ({
    key: `${one.host}/${one.filter}`,
    cells: [
      <span key="host" className="mono">
        {one.host}
      </span>,
      filterName(one.filter),
      one.reason,
    ],
  }));
  return (
    <Panel title={t("why.refusedHosts")} note={note} isFlush>
      <SimpleTable
        label={t("why.refusedHosts")}
        heads={[t("column.host"), t("why.filter"), t("why.reason")]}
        rows={rows}
      />
    </Panel>
  );
}
