import { Suspense } from "react";
import styles from "./Chart.module.css";
import type { ChartProps } from "./ChartDrawn";
import { lazyPart } from "../lib/lazyPart";

/** What draws plots comes with the first plot, not with the first page. */
const Drawn = lazyPart(() => import("./ChartDrawn"));

export const CHART_PX = 150;

/** Lines over time; its room is there before it is drawn. */
export function Chart(props: ChartProps) {
  const height = props.height_px ?? CHART_PX;
  return (
    <Suspense fallback={<div className={styles.chart} style={{ height }} aria-busy="true" />}>
      <Drawn {...props} height_px={height} />
    </Suspense>
  );
}
