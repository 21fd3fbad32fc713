import type { ReactNode } from "react";
import styles from "./Card.module.css";

/** The frame of the pages before the console: a title, a sentence, a form. */
export function Card({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <svg
            viewBox="0 0 16 16"
            width="22"
            height="22"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.4"
            aria-hidden="true"
          >
            <circle cx="8" cy="8" r="6.25" />
            <path d="M5.2 3v10M8 2v12M10.8 3v10" />
          </svg>
          Orchestra
        </div>
        <h1 className={styles.title}>{title}</h1>
        {text !== undefined && <p className="soft">{text}</p>}
        {children}
      </div>
    </main>
  );
}
