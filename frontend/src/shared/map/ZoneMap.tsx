import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HostTable } from "@/live/fleet";
import { heightOf, placeOf, tileAt, type Tiles, type Zone } from "@/live/hostMap";
import type { MapMetric } from "../lib/paths";
import { showMemory } from "../lib/format";
import { HostStatus } from "../ui/Status";
import { drawTiles } from "./draw";
import styles from "./Map.module.css";
import { useShownScheme } from "../lib/scheme";
import { showShare } from "../lib/share";

interface Props {
  hosts: HostTable;
  zone: Zone;
  tiles: Tiles;
  metric: MapMetric;
  /** The host that is open below the map. */
  at: string | undefined;
  /** How many supposed containers would land on a host, by its name. */
  ghosts: ReadonlyMap<string, number> | undefined;
  onOpen: (name: string) => void;
}

const TIP_PX = 250;

/** The hosts of one zone as tiles. What is drawn here also stands in the list view, for those who cannot see it. */
export function ZoneMap({ hosts, zone, tiles, metric, at: open, ghosts, onOpen }: Props) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [marked, setMarked] = useState<number | null>(null);
  useShownScheme(); // another theme: drawn again
  const { positions } = zone;
  const width_px = tiles.perRow * (tiles.width + tiles.gap) - tiles.gap;
  const height_px = heightOf(tiles, positions.length);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(width_px * ratio), Math.round(height_px * ratio)];
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    drawTiles(element, { hosts, positions, tiles, metric, marked, open, ghosts });
  });
  const under = (event: React.PointerEvent | React.MouseEvent): number | null =>
    tileAt(tiles, positions.length, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
  const at = marked === null ? undefined : positions[marked];
  return (
    <div className={styles.zoneMap}>
      <canvas
        ref={canvas}
        className={styles.canvas}
        style={{ width: width_px, height: height_px }}
        data-pointing={marked !== null}
        role="img"
        aria-label={t("overview.zoneLabel", {
          zone: zone.name || t("overview.noZone"),
          hosts: positions.length,
          failed: zone.failed,
          down: zone.down,
        })}
        onPointerMove={(event) => setMarked(under(event))}
        onPointerLeave={() => setMarked(null)}
        onClick={(event) => {
          const found = positions[under(event) ?? -1];
          if (found !== undefined) onOpen(hosts.text("name")[found] ?? "");
        }}
      />
      {marked !== null && at !== undefined && (
        <Tip
          hosts={hosts}
          at={at}
          gets={ghosts?.get(hosts.text("name")[at] ?? "") ?? 0}
          left_px={Math.min(placeOf(tiles, marked).x, Math.max(0, width_px - TIP_PX))}
          top_px={placeOf(tiles, marked).y + tiles.height + 4}
        />
      )}
    </div>
  );
}

interface TipProps {
  hosts: HostTable;
  at: number;
  /** So many supposed ones. */
  gets: number;
  left_px: number;
  top_px: number;
}

function Tip({ hosts, at, gets, left_px, top_px }: TipProps) {
  const { t } = useTranslation();
  const value = (column: Parameters<HostTable["num"]>[0]): number => hosts.num(column)[at] ?? NaN;
  return (
    <div className={styles.tip} style={{ transform: `translate(${left_px}px, ${top_px}px)`, width: TIP_PX }}>
      <span className={styles.tipHead}>
        <span className="mono">{hosts.text("name")[at]}</span>
        <HostStatus state={hosts.text("state")[at] ?? ""} />
      </span>
      <span>
        {t("overview.tipContainers", { count: value("containers") || 0, failed: value("failed") || 0 })}
      </span>
      {gets > 0 && <span className={styles.ghosts}>{t("simulate.hostGets", { count: gets })}</span>}
      <span className="soft">
        {t("column.cpu")} {showShare(value("cpu_used"), value("cpu_capacity"))} · {t("column.memory")}{" "}
        {showMemory(value("memory_used"))} / {showMemory(value("memory_capacity"))}
      </span>
    </div>
  );
}
