import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ROUTES } from "@/shared/lib/paths";
import { PAGES } from "./pages";
import styles from "./Shell.module.css";

export function Nav({ project }: { project: string }) {
  const { t } = useTranslation();
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      {PAGES.map(({ id, to, keys, icon: Icon }) => (
        <Link
          key={id}
          to={to}
          params={{ project }}
          className={styles.item}
          title={t(`nav.${id}`)}
          activeOptions={{ exact: to === ROUTES.overview, includeSearch: false }}
        >
          <Icon size={18} stroke={1.6} aria-hidden />
          <span>{t(`nav.${id}`)}</span> <kbd className={styles.keys}>{keys}</kbd>
        </Link>
      ))}
    </nav>
  );
}
