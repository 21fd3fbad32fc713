import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFleet, useFreshness, useStaleSeconds } from "@/shared/live/hooks";
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
  const age_s = useStaleSeconds();
  return (
    <div className={styles.banner} role="alert">
      {/* Who listens is told once, not every second. */}
      <span className="sr-only">{t("live.stoppedSaid")}</span>
      <span aria-hidden="true">{t("live.stopped", { count: age_s })}</span>
      {isOffline && (
        <Button size="compact-xs" variant="default" onClick={() => session.client.retry()}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
