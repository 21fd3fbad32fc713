import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import { groupsOf, tilesFor, type Zone } from "@/live/hostMap";
import { showCount } from "../lib/format";
import type { MapGroup, MapMetric } from "../lib/paths";
import { HostStatus } from "../ui/Status";
import styles from "./Map.module.css";
import { ZoneMap } from "./ZoneMap";

interface Props {
  hosts: HostTable;
  metric: MapMetric;
  group: MapGroup;
  /** The host that is open below the map. */
  at?: string | undefined;
  /** Containers that are only supposed, by the name of the host they would land on. */
  ghosts?: ReadonlyMap<string, number>;
  onOpen: (name: string) => void;
}

/** The hosts as tiles in their groups, as large as they can be for their number. */
export function HostTiles({ hosts, metric, group, at, ghosts, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const { ref, width } = useElementSize();
  const zones = groupsOf(hosts, group === "none" ? null : group);
  const tiles = tilesFor(hosts.count, width);
  const count = (value: number): string => showCount(value, i18n.language);
  const land = (zone: Zone): number =>
    zone.positions.reduce((sum, place) => sum + (ghosts?.get(hosts.text("name")[place] ?? "") ?? 0), 0);
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
                {ghosts && land(zone) > 0 && (
                  <span className={styles.ghosts}>
                    {t("simulate.zoneGets", { shown: count(land(zone)) })}
                  </span>
                )}
              </h3>
            )}
            <ZoneMap {...{ hosts, zone, tiles, metric, at, ghosts, onOpen }} />
          </section>
        ))}
    </div>
  );
}
