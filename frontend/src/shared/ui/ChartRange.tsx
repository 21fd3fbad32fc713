import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { USAGE_RANGES, type UsageRange } from "../lib/paths";

/** How far back plots go: one choice for all plots of a page, kept in its address. */
export function ChartRange({
  value,
  onChange,
}: {
  value: UsageRange;
  onChange: (range: UsageRange) => void;
}) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("usage.range")}
      value={value}
      data={USAGE_RANGES.map((range) => ({ value: range, label: t(`usage.last.${range}`) }))}
      onChange={(range) => onChange(USAGE_RANGES.find((one) => one === range) ?? "1h")}
    />
  );
}
