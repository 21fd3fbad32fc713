import { useTranslation } from "react-i18next";
import styles from "./Services.module.css";

interface Props {
  done: number;
  total: number;
  /** It goes on by itself; otherwise somebody or something has stopped it. */
  isMoving: boolean;
  isWide?: boolean;
}

/** How far a roll-out is: a bar, and the same in words. */
export function Progress({ done, total, isMoving, isWide = false }: Props) {
  const { t } = useTranslation();
  const share = total > 0 ? Math.min(100, (done / total) * 100) : 100;
  const text = t("rollout.progress", { done, total });
  return (
    <span className={styles.progress} data-wide={isWide}>
      <span className={styles.bar} role="img" aria-label={text} data-moving={isMoving}>
        <span style={{ width: `${share}%` }} />
      </span>
      <span aria-hidden="true">{text}</span>
    </span>
  );
}
