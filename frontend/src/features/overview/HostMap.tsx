import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MAP_GROUPS, MAP_METRICS, type MapGroup, type MapMetric } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { HostTiles } from "@/shared/map/HostTiles";
import { Panel } from "@/shared/ui/Panel";
import { HostCells } from "./HostCells";
import { HostList } from "./HostList";
import styles from "./Overview.module.css";

export interface MapSearch {
  by?: MapMetric | undefined;
  group?: MapGroup | undefined;
  /** The host whose containers are shown below the map. */
  at?: string | undefined;
  view?: "list" | undefined;
}
interface Props {
  search: MapSearch;
  onSearch: (search: MapSearch) => void;
}

const DRAW_MS = 400;

export function HostMap({ search, onSearch }: Props) {
  const { t } = useTranslation();
  const { hosts } = useCalmFleet(DRAW_MS);
  const metric = search.by ?? "hosts";
  const isList = search.view === "list";
  const group = search.group ?? "zone";
  return (
    <Panel
      title={t("overview.map")}
      actions={
        <>
          {!isList && (
            <NativeSelect
              size="xs"
              aria-label={t("overview.group")}
              value={group}
              data={MAP_GROUPS.map((value) => ({ value, label: t(`overview.groupBy.${value}`) }))}
              onChange={(event) => {
                const value = MAP_GROUPS.find((one) => one === event.currentTarget.value);
                onSearch({ ...search, group: value === "zone" ? undefined : value });
              }}
            />
          )}
          {!isList && (
            <SegmentedControl
              size="xs"
              aria-label={t("overview.metric")}
              value={metric}
              data={MAP_METRICS.map((value) => ({ value, label: t(`overview.by.${value}`) }))}
              onChange={(value) => onSearch({ ...search, by: MAP_METRICS.find((one) => one === value) })}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label={t("overview.view")}
            value={isList ? "list" : "map"}
            data={["map", "list"].map((value) => ({
              value,
              label: t(`overview.as.${value as "map" | "list"}`),
            }))}
            onChange={(value) => onSearch({ ...search, view: value === "list" ? "list" : undefined })}
          />
        </>
      }
    >
      {isList ? (
        <HostList hosts={hosts} />
      ) : (
        <>
          <p className={styles.mapLegend}>{t(`overview.legend.${metric}`)}</p>
          <HostTiles
            {...{ hosts, metric, group }}
            at={search.at}
            onOpen={(name) => onSearch({ ...search, at: name === search.at ? undefined : name })}
          />
          {search.at !== undefined && (
            <HostCells name={search.at} onClose={() => onSearch({ ...search, at: undefined })} />
          )}
        </>
      )}
    </Panel>
  );
}
