import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFleet, useFreshness, useNow } from "@/shared/live/hooks";
import { session } from "@/shared/live/session";
import styles from "./Shell.module.css";

/** Says when the picture stopped moving. What is shown stays: it is the last known state. */
export function LiveBanner() {
  const freshness = useFreshness();
  useFleet();
  if (session.refusal !== null) return <Refused words={session.refusal} />;
  if (freshness === "live" || freshness === "connecting") return null;
  return <Stopped isOffline={freshness === "offline"} />;
}

function Refused({ words }: { words: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.banner} role="alert">
      {t("live.refused", { words })}
    </div>
  );
}

function Stopped({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  useNow();
  const age_s = Math.round((performance.now() - (session.client.heardAt ?? performance.now())) / 1_000);
  return (
    <div className={styles.banner} role="alert">
      {t("live.stopped", { count: age_s })}
      {isOffline && (
        <Button size="compact-xs" variant="default" onClick={() => session.client.retry()}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
