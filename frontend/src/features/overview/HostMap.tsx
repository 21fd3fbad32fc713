import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import { groupsOf, tilesFor, type Zone } from "@/live/hostMap";
import { showCount } from "@/shared/lib/format";
import { MAP_GROUPS, MAP_METRICS, type MapGroup, type MapMetric } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { Panel } from "@/shared/ui/Panel";
import { HostStatus } from "@/shared/ui/Status";
import { HostCells } from "./HostCells";
import { HostList } from "./HostList";
import styles from "./Overview.module.css";
import { ZoneMap } from "./ZoneMap";

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
  const zones = groupsOf(hosts, group === "none" ? null : group);
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
          <Zones
            {...{ hosts, zones, metric, group }}
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

interface ZonesProps {
  hosts: HostTable;
  zones: Zone[];
  metric: MapMetric;
  group: MapGroup;
  at: string | undefined;
  onOpen: (name: string) => void;
}

function Zones({ hosts, zones, metric, group, at, onOpen }: ZonesProps) {
  const { t, i18n } = useTranslation();
  const { ref, width } = useElementSize();
  const tiles = tilesFor(hosts.count, width);
  const count = (value: number): string => showCount(value, i18n.language);
  return (
    <div ref={ref} className={styles.zones}>
      {width > 0 &&
        zones.map((zone) => (
          <section key={zone.name}>
            {(zones.length > 1 || zone.name !== "") && (
              <h3 className={styles.zoneHead}>
                {group === "state" ? <HostStatus state={zone.name} /> : zone.name || t("overview.noZone")}
                <span className="soft">
                  {[
                    t("overview.zoneHosts", {
                      count: zone.positions.length,
                      shown: count(zone.positions.length),
                    }),
                    zone.failed > 0 && t("overview.zoneFailed", { shown: count(zone.failed) }),
                    zone.down > 0 && t("overview.zoneDown", { shown: count(zone.down) }),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </h3>
            )}
            <ZoneMap hosts={hosts} zone={zone} tiles={tiles} metric={metric} at={at} onOpen={onOpen} />
          </section>
        ))}
    </div>
  );
}
