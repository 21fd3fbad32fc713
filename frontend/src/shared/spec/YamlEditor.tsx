import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { type RefObject, useEffect, useRef } from "react";
import type { SpecSchema } from "../api/specSchema";
import { completion, hover } from "./editorHelp";
import { look } from "./editorLook";
import type { Mark } from "./yamlText";

interface Props {
  schema: SpecSchema;
  label: string;
  hint: string;
  /** What it begins with; later texts come from its writer. */
  first: string;
  marks: readonly Mark[];
  handle: RefObject<EditorView | null>;
  onText: (text: string) => void;
  onCursor: (offset: number) => void;
  onRun: () => void;
}

/**
 * An editor for YAML. It lives in a shadow tree, where its styles are constructed sheets: the page's policy allows no
 * inline style element, and needs none.
 */
export function YamlEditor(props: Props) {
  const { schema, label, hint, first, marks, handle, onText, onCursor, onRun } = props;
  const frame = useRef<HTMLDivElement>(null);
  const tell = useRef({ onText, onCursor, onRun });
  const begin = useRef(first);
  useEffect(() => {
    tell.current = { onText, onCursor, onRun };
  });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: begin.current,
        extensions: extensions({ schema, label, hint, tell: () => tell.current }),
      }),
    });
    handle.current = view;
    return () => {
      begin.current = view.state.doc.toString();
      handle.current = null;
      view.destroy();
    };
  }, [schema, label, hint, handle]);
  useEffect(() => {
    const view = handle.current;
    if (!view) return;
    const length = view.state.doc.length;
    const shown = marks
      .filter((mark) => mark.to <= length)
      .map((mark) => ({ ...mark, severity: "error" as const }));
    view.dispatch(setDiagnostics(view.state, shown));
  }, [marks, handle]);
  return <div ref={frame} style={{ height: "100%" }} data-testid="yaml" />;
}

/**
 * Text typed over a selection is put in by the editor. The browser would keep the look of what it replaces in an inline
 * style, which the page's policy refuses.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { from, to } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || from === to || view.composing) return false;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" });
    const isTaken = view.state
      .facet(EditorView.inputHandler)
      .some((take) => take(view, from, to, text, insert));
    if (!isTaken) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

interface Wishes {
  schema: SpecSchema;
  label: string;
  hint: string;
  tell: () => Pick<Props, "onText" | "onCursor" | "onRun">;
}

function extensions({ schema, label, hint, tell }: Wishes) {
  return [
    lineNumbers(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [completion(schema)], icons: false }),
    hover(schema),
    typeOver,
    yaml(),
    look,
    placeholder(hint),
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
    keymap.of([
      { key: "Mod-Enter", run: () => (tell().onRun(), true) },
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) tell().onText(update.state.doc.toString());
      if (update.docChanged || update.selectionSet) tell().onCursor(update.state.selection.main.head);
    }),
  ];
}
