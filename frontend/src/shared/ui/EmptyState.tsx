import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

interface Props {
  title: string;
  text?: ReactNode;
  children?: ReactNode;
  /** It is all there is on the page: its title is the page's. */
  isPage?: boolean;
}

/** Says that there is nothing, and what to do next. */
export function EmptyState({ title, text, children, isPage = false }: Props) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={styles.empty}>
      <Title className={styles.title}>{title}</Title>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {children !== undefined && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
