import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Loading.module.css";

const QUIET_MS = 300;

/** The shape of what is coming: lines of the given widths in per cent, shown only when it takes a while. */
export function Loading({ lines = [60, 85, 40] }: { lines?: readonly number[] }) {
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return <div className={styles.skeleton} aria-busy="true" data-loading="quiet" />;
  return (
    <div className={styles.skeleton} role="status" data-loading="shown">
      <span className="sr-only">{t("common.loading")}</span>
      {lines.map((width_percent, index) => (
        <div key={index} className={styles.line} style={{ width: `${width_percent}%` }} />
      ))}
    </div>
  );
}
