import type { TFunction } from "i18next";
import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { KEYS, type Scope, showKey } from "@/shared/lib/keymap";
import { singleKeys, switchSingleKeys } from "@/shared/lib/keys";
import { useStore } from "@/shared/lib/store";
import { Dialog } from "@/shared/ui/Dialog";
import styles from "./Palette.module.css";
import { PAGES } from "./pages";

/** Which keys stand together. */
const GROUPS = [
  { id: "anywhere", scopes: ["anywhere"] },
  { id: "lists", scopes: ["move", "filter", "order"] },
  { id: "services", scopes: ["services"] },
  { id: "service", scopes: ["service"] },
  { id: "containers", scopes: ["list", "extend", "held"] },
  { id: "container", scopes: ["container"] },
] as const satisfies readonly { id: string; scopes: readonly Scope[] }[];

/** The keyboard map: drawn from the same table that the pages take their keys from. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const areOn = useStore(singleKeys);
  const [anywhere, ...others] = GROUPS.map(({ id, scopes }) => (
    <Group key={id} title={t(`help.${id}`)} rows={scopes.flatMap((scope) => rowsOf(scope, t))} />
  ));
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("help.title")} size="xl">
      {anywhere}
      <Group title={t("help.go")} rows={PAGES.map(({ id, keys }) => [t(`nav.${id}`), [keys]])} />
      {others}
      <Switch
        mt="md"
        size="xs"
        label={t("help.single")}
        description={t("help.note")}
        checked={areOn}
        onChange={(event) => switchSingleKeys(event.currentTarget.checked)}
      />
    </Dialog>
  );
}

type Row = readonly [string, readonly string[]];

function rowsOf(scope: Scope, t: TFunction): Row[] {
  const words = t(`help.keys.${scope}`, { returnObjects: true }) as Record<string, string>;
  return Object.entries<readonly string[]>(KEYS[scope]).map(([name, keys]) => [
    words[name] ?? name,
    keys.map(showKey),
  ]);
}

function Group({ title, rows }: { title: string; rows: readonly Row[] }) {
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
