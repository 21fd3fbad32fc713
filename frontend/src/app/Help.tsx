import { useTranslation } from "react-i18next";
import { Dialog } from "@/shared/ui/Dialog";
import styles from "./Palette.module.css";
import { PAGES } from "./pages";

const ANYWHERE = [
  ["find", "Ctrl K"],
  ["help", "?"],
  ["theme", "t"],
  ["close", "Esc"],
] as const;
const LISTS = [
  ["filter", "/"],
  ["move", "j k ↑ ↓"],
  ["page", "PgUp PgDn Home End"],
  ["open", "Enter"],
  ["resort", "R"],
] as const;
const CONTAINER = [
  ["logs", "l"],
  ["metrics", "m"],
  ["events", "e"],
  ["attempts", "a"],
  ["why", "w"],
  ["inspect", "i"],
] as const;

/** The keyboard map. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("help.title")} size="lg">
      <Group title={t("help.anywhere")} rows={ANYWHERE.map(([what, keys]) => [t(`help.${what}`), [keys]])} />
      <Group title={t("help.go")} rows={PAGES.map(({ id, keys }) => [t(`nav.${id}`), [keys]])} />
      <Group
        title={t("help.lists")}
        rows={LISTS.map(([what, keys]) => [t(`help.${what}`), keys.split(" ")])}
      />
      <Group title={t("help.container")} rows={CONTAINER.map(([tab, key]) => [t(`tab.${tab}`), [key]])} />
      <p className="soft">{t("help.note")}</p>
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: (readonly [string, readonly string[]])[] }) {
  return (
    <>
      <h3 className={styles.group}>{title}</h3>
      <dl className={styles.map}>
        {rows.map(([what, keys]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className={styles.keys}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
