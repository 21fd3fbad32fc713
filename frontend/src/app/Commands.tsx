import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "@tabler/icons-react";
import type { Me } from "@/shared/api/types";
import { useKeys } from "@/shared/lib/keys";
import { Help } from "./Help";
import { Palette } from "./Palette";
import styles from "./Shell.module.css";
import { useActions } from "./useActions";

/** The palette and the help, with the keys that open them, and the button for those who use none. */
export function Commands({ project, me }: { project: string; me: Me | null }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<"palette" | "help" | null>(null);
  const actions = useActions(project, me, () => setShown("help"));
  const close = (): void => setShown(null);
  useKeys({ "?": () => setShown("help") });
  useEffect(() => {
    // Also while somebody types: it is a chord, and no text.
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      setShown((before) => (before === "palette" ? null : "palette"));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button type="button" className={styles.find} onClick={() => setShown("palette")}>
        <IconSearch size={15} stroke={1.6} aria-hidden />
        {t("palette.open")}
        <kbd className={styles.keys}>Ctrl K</kbd>
      </button>
      <Palette
        isOpen={shown === "palette"}
        project={project}
        actions={actions}
        onClose={() => setShown((now) => (now === "palette" ? null : now))}
      />
      <Help isOpen={shown === "help"} onClose={close} />
    </>
  );
}
