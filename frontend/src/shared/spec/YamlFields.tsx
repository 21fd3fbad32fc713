import type { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldProblem } from "../api/types";
import type { SpecSchema } from "../api/specSchema";
import type { Spec } from "./draft";
import { KeyHelp } from "./KeyHelp";
import { type Problem, Problems } from "./Problems";
import styles from "./Spec.module.css";
import { YamlEditor } from "./YamlEditor";
import { placeAt } from "./yamlPlace";
import { lineOf, markAt, mergeYaml, readYaml } from "./yamlText";

export interface YamlText {
  text: string;
  /** Null while it is no object in YAML. */
  spec: Spec | null;
}

interface Props {
  schema: SpecSchema;
  /** What an empty text could begin with. */
  hint: string;
  /** The text as it was left, what it said then, and what it shall say now. */
  kept: { text: string; base: Spec };
  spec: Spec;
  fields: readonly FieldProblem[];
  isChecking: boolean;
  onChange: (yaml: YamlText) => void;
  onRun: () => void;
}

/** The spec as YAML: what is wrong stands at its line and in a list, what the key under the cursor means beside it. */
export default function YamlFields(props: Props) {
  const { schema, hint, kept, spec, fields, isChecking, onChange, onRun } = props;
  const { t } = useTranslation();
  const notObject = t("run.notObject");
  const [first] = useState(() => mergeYaml(kept.text, kept.base, spec));
  const [text, setText] = useState(first);
  const [cursor, setCursor] = useState(0);
  const editor = useRef<EditorView>(null);
  const read = useMemo(() => readYaml(text, notObject), [text, notObject]);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  });
  useEffect(() => {
    tell.current({ text, spec: read.spec });
  }, [text, read]);
  const marks = useMemo(
    () => (read.marks.length > 0 ? read.marks : fields.map((field) => markAt(read.document, text, field))),
    [read, fields, text],
  );
  const problems = marks.map((mark): Problem => ({
    key: `${mark.from} ${mark.message}`,
    place: t("run.line", { line: lineOf(text, mark.from) }),
    message: mark.message,
    onOpen: () => {
      editor.current?.dispatch({ selection: { anchor: mark.from }, scrollIntoView: true });
      editor.current?.focus();
    },
  }));
  const place = placeAt(text, Math.min(cursor, text.length));
  return (
    <div className={styles.split}>
      <div className={styles.editor}>
        <YamlEditor
          schema={schema}
          label={t("run.spec")}
          hint={hint}
          first={first}
          marks={marks}
          handle={editor}
          onText={setText}
          onCursor={setCursor}
          onRun={onRun}
        />
      </div>
      <aside className={styles.side} aria-label={t("run.help")} tabIndex={0}>
        <Problems problems={problems} isBlank={text.trim() === ""} isChecking={isChecking} />
        <KeyHelp schema={schema} path={place.key === "" ? place.path : [...place.path, place.key]} />
      </aside>
    </div>
  );
}
