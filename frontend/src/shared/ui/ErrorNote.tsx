import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "../api/problem";
import { PartMissing } from "../lib/lazyPart";
import styles from "./ErrorNote.module.css";

/** What failed, in the server's words, with the request id that finds it in the log, and a way to try again. */
export function ErrorNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation();
  const isForbidden = error instanceof RequestFailed && error.status === 403;
  const requestId = error instanceof RequestFailed ? error.requestId : "";
  const title = isForbidden
    ? t("error.forbidden")
    : error instanceof RequestFailed
      ? t("error.failed")
      : t("error.broken");
  const isMissing = error instanceof PartMissing;
  const words = isMissing
    ? t("error.partMissing")
    : error instanceof TypeError
      ? t("error.unreachable")
      : error.message;
  return (
    <div className={styles.note} role="alert">
      <strong>{title}</strong>
      <p className={styles.words}>{words}</p>
      {requestId !== "" && (
        <p className="soft">
          {t("error.requestId")} <span className="mono">{requestId}</span>
        </p>
      )}
      {isMissing && (
        <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
          {t("error.loadAgain")}
        </Button>
      )}
      {onRetry && !isForbidden && !isMissing && (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
