import { type FocusEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldProblem } from "@/shared/api/types";
import { pointerParts } from "@/shared/lib/pointer";
import { Panel } from "@/shared/ui/Panel";
import { BasicFields } from "./BasicFields";
import type { Draft } from "./draft";
import { errorAt } from "./errors";
import { KeyHelp } from "./KeyHelp";
import { MoreFields } from "./MoreFields";
import { Problems } from "./Problems";
import styles from "./RunPage.module.css";

interface Props {
  draft: Draft;
  fields: readonly FieldProblem[];
  isChecking: boolean;
  isBlank: boolean;
  onChange: (draft: Draft) => void;
  /** Somebody was at this field and left it: from now on it may be told that it is missing. */
  onLeave: (pointer: string) => void;
}

/** The spec as a form, with what is wrong and what the field under the cursor means beside it. */
export function FormFields({ draft, fields, isChecking, isBlank, onChange, onLeave }: Props) {
  const { t } = useTranslation();
  const [pointer, setPointer] = useState("");
  const at = errorAt(fields);
  const pointerOf = (event: FocusEvent): string | null =>
    event.target.closest("[data-pointer]")?.getAttribute("data-pointer") ?? null;
  const problems = fields.map((field) => ({
    key: `${field.pointer} ${field.message}`,
    place: field.pointer || "/",
    message: field.message,
    onOpen: () => focusOn(field.pointer),
  }));
  return (
    <div className={styles.split}>
      <div
        className={styles.form}
        onFocus={(event) => setPointer((shown) => pointerOf(event) ?? shown)}
        onBlur={(event) => {
          const left = pointerOf(event);
          if (left !== null) onLeave(left);
        }}
      >
        <Panel title={t("run.what")}>
          <BasicFields draft={draft} at={at} onChange={onChange} />
        </Panel>
        <MoreFields draft={draft} at={at} onChange={onChange} />
      </div>
      <aside className={styles.side} aria-label={t("run.help")} tabIndex={0}>
        <Problems problems={problems} isBlank={isBlank} isChecking={isChecking} />
        <KeyHelp path={pointerParts(pointer)} />
      </aside>
    </div>
  );
}

/** The field of a pointer, or of the nearest one around it; folded parts open by themselves when something is wrong. */
function focusOn(pointer: string): void {
  for (let path = pointer; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const found = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(path)}"]`);
    found?.focus();
    if (found) return;
  }
}
