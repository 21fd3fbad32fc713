import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useKeys } from "../lib/keys";

/** Says that the list would look different by now, and lets its reader decide when. */
export function ResortPill({ moved, onResort }: { moved: number; onResort: () => void }) {
  const { t } = useTranslation();
  useKeys({ R: onResort });
  if (moved === 0) return null;
  return (
    <Button size="compact-xs" radius="xl" variant="default" onClick={onResort}>
      {t("list.resort", { count: moved })}
    </Button>
  );
}
