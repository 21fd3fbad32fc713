import { type FocusEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SpecSchema } from "../api/specSchema";
import type { FieldProblem } from "../api/types";
import { pointerParts } from "../lib/pointer";
import { KeyHelp } from "./KeyHelp";
import { Problems } from "./Problems";
import styles from "./Spec.module.css";

interface Props {
  schema: SpecSchema;
  fields: readonly FieldProblem[];
  isChecking: boolean;
  isBlank: boolean;
  onLeave: (pointer: string) => void;
  /** The fields themselves; each carries its pointer as `data-pointer`. */
  children: ReactNode;
}

/** The frame of a form for a spec: what is wrong and what the field under the cursor means stand beside it. */
export function SpecForm({ schema, fields, isChecking, isBlank, onLeave, children }: Props) {
  const { t } = useTranslation();
  const [pointer, setPointer] = useState("");
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
        {children}
      </div>
      <aside className={styles.side} aria-label={t("run.help")} tabIndex={0}>
        <Problems problems={problems} isBlank={isBlank} isChecking={isChecking} />
        <KeyHelp schema={schema} path={pointerParts(pointer)} />
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
