import type { ReactNode } from "react";
import { PanelBoundary } from "./PanelBoundary";
import styles from "./Panel.module.css";

interface Props {
  title?: ReactNode;
  note?: ReactNode | undefined;
  actions?: ReactNode;
  children: ReactNode;
  /** The body brings its own padding (tables, plots). */
  isFlush?: boolean;
}

/** A framed part of a page with a boundary of its own: when it breaks, the rest of the page goes on. */
export function Panel({ title, note, actions, children, isFlush = false }: Props) {
  return (
    <section className={styles.panel}>
      {title !== undefined && (
        <header className={styles.head}>
          <h2 className={styles.title}>{title}</h2>
          {note !== undefined && <span className={styles.note}>{note}</span>}
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={isFlush ? styles.flush : styles.body}>
        <PanelBoundary>{children}</PanelBoundary>
      </div>
    </section>
  );
}
