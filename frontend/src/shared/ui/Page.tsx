import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "./Page.module.css";

export function Page({ children }: { children: ReactNode }) {
  return <div className={styles.page}>{children}</div>;
}

interface HeadProps {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  isMono?: boolean;
}

export function PageHead({ title, children, actions, isMono = false }: HeadProps) {
  return (
    <header className={styles.head}>
      <h1 className={isMono ? styles.monoTitle : styles.title}>{title}</h1>
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}

export function Crumb({
  to,
  params,
  children,
}: {
  to: string;
  params?: Record<string, string>;
  children: ReactNode;
}) {
  return (
    <nav className={styles.crumb} aria-label={typeof children === "string" ? children : undefined}>
      <Link to={to} params={params ?? {}}>
        ← {children}
      </Link>
    </nav>
  );
}
