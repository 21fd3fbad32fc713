import styles from "./Meter.module.css";

interface Props {
  label: string;
  used: number;
  reserved: number;
  capacity: number;
  /** Beyond this nothing is given away: it is kept for the host itself. */
  allocatable?: number;
  text: string;
  /** The bar takes the whole width, its text stands below. */
  isWide?: boolean;
}

/** A bar of what a host has: reserved behind, really used in front, the rest free. The text says the same in words. */
export function Meter({ label, used, reserved, capacity, allocatable, text, isWide = false }: Props) {
  const share = (value: number): string =>
    `${capacity > 0 ? Math.min(100, Math.max(0, (value / capacity) * 100)) : 0}%`;
  const isFull = capacity > 0 && Math.max(used, reserved) / capacity > 0.9;
  return (
    <span className={isWide ? styles.wide : styles.meter}>
      <span className={styles.bar} role="img" aria-label={`${label}: ${text}`} data-full={isFull}>
        <span className={styles.reserved} style={{ width: share(reserved) }} />
        {allocatable !== undefined && allocatable < capacity && (
          <span className={styles.kept} style={{ left: share(allocatable) }} />
        )}
        <span className={styles.used} style={{ width: share(Number.isNaN(used) ? 0 : used) }} />
      </span>
      <span className={styles.text} aria-hidden="true">
        {text}
      </span>
    </span>
  );
}
