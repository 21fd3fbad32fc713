import { IconBox, IconLayoutDashboard, IconPlayerPlay, IconServer2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ROUTES } from "@/shared/lib/paths";
import styles from "./Shell.module.css";

const ICON = { size: 18, stroke: 1.6, "aria-hidden": true } as const;

export function Nav({ project }: { project: string }) {
  const { t } = useTranslation();
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      <Link
        to={ROUTES.overview}
        className={styles.item}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        <IconLayoutDashboard {...ICON} />
        {t("nav.overview")}
        <kbd className={styles.keys}>g o</kbd>
      </Link>
      <Link to={ROUTES.hosts} className={styles.item}>
        <IconServer2 {...ICON} />
        {t("nav.hosts")}
        <kbd className={styles.keys}>g h</kbd>
      </Link>
      <Link to={ROUTES.containers} params={{ project }} className={styles.item}>
        <IconBox {...ICON} />
        {t("nav.containers")}
        <kbd className={styles.keys}>g c</kbd>
      </Link>
      <Link to={ROUTES.run} params={{ project }} className={styles.item}>
        <IconPlayerPlay {...ICON} />
        {t("nav.run")}
        <kbd className={styles.keys}>g r</kbd>
      </Link>
    </nav>
  );
}
