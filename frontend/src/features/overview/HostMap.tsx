import { SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import { tilesFor, type Zone, zonesOf } from "@/live/hostMap";
import { showCount } from "@/shared/lib/format";
import { MAP_METRICS, type MapMetric, ROUTES } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { Panel } from "@/shared/ui/Panel";
import { HostList } from "./HostList";
import styles from "./Overview.module.css";
import { ZoneMap } from "./ZoneMap";

export interface MapSearch {
  by?: MapMetric | undefined;
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
  const zones = zonesOf(hosts);
  return (
    <Panel
      title={t("overview.map")}
      note={isList ? undefined : t(`overview.legend.${metric}`)}
      actions={
        <>
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
      {isList ? <HostList hosts={hosts} /> : <Zones hosts={hosts} zones={zones} metric={metric} />}
    </Panel>
  );
}

function Zones({ hosts, zones, metric }: { hosts: HostTable; zones: Zone[]; metric: MapMetric }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
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
                {zone.name || t("overview.noZone")}
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
            <ZoneMap
              hosts={hosts}
              zone={zone}
              tiles={tiles}
              metric={metric}
              onOpen={(name) => void navigate({ to: ROUTES.host, params: { name } })}
            />
          </section>
        ))}
    </div>
  );
}
