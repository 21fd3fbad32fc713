import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "../api/problem";
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
  const words = error instanceof TypeError ? t("error.unreachable") : error.message;
  return (
    <div className={styles.note} role="alert">
      <strong>{title}</strong>
      <p className={styles.words}>{words}</p>
      {requestId !== "" && (
        <p className="soft">
          {t("error.requestId")} <span className="mono">{requestId}</span>
        </p>
      )}
      {onRetry && !isForbidden && (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
