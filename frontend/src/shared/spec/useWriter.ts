/** One spec, seen as a form or as YAML, and what the server says to it. What the form looks like is its owner's. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "../api/problem";
import type { FieldProblem } from "../api/types";
import type { RunMode } from "../lib/paths";
import type { Spec } from "./draft";
import { stillWrong } from "./errors";
import { type Asking, useCheck } from "./useCheck";
import type { YamlText } from "./YamlFields";

/** How a form of one kind becomes a spec, and a spec that form. */
export interface FormKind<D> {
  toSpec: (draft: D) => Spec;
  fromSpec: (spec: Spec) => D;
  withoutBlankRows: (draft: D) => D;
  /** Errors of what was sent, at the pointers of what is shown. */
  asShown: (fields: readonly FieldProblem[], draft: D) => FieldProblem[];
}

/** The wish itself: what was asked last, and what became of it. */
export interface Wish {
  variables: Spec | undefined;
  error: Error | null;
  isPending: boolean;
  mutate: (spec: Spec) => void;
}

interface Options<D> {
  kind: FormKind<D>;
  first: D;
  mode: RunMode;
  onMode: (mode: RunMode) => void;
  check: Asking;
  wish: Wish;
}

export interface Writer<D> {
  mode: RunMode;
  setMode: (mode: RunMode) => void;
  draft: D;
  setDraft: (draft: D) => void;
  setYaml: (yaml: YamlText) => void;
  /** The text as it was left for the form, and what it said. */
  kept: { text: string; base: Spec };
  /** What the form says. */
  spec: Spec;
  /** What is written, as a form or as YAML; null while that cannot be read. */
  asked: Spec | null;
  /** Why the last wish could not be done, when that is about no field. */
  error: Error | null;
  /** What is wrong with fields, at the pointers of what is shown. */
  fields: readonly FieldProblem[];
  isChecking: boolean;
  isBlank: boolean;
  isBusy: boolean;
  submit: () => void;
  /** Somebody was at this field and left it: from now on it may be told that it is missing. */
  leave: (pointer: string) => void;
}

const NO_TEXT = { text: "", base: {} };

export function useWriter<D>(options: Options<D>): Writer<D> {
  const { kind, wish } = options;
  const { t } = useTranslation();
  const [mode, setMode] = useState<RunMode>(options.mode);
  const [draft, setDraft] = useState(options.first);
  const [yaml, setYaml] = useState<YamlText>({ text: "", spec: {} });
  const [kept, setKept] = useState<Writer<D>["kept"]>(NO_TEXT);
  const [stuck, setStuck] = useState<Error | null>(null);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const formSpec = kind.toSpec(kind.withoutBlankRows(draft));
  const spec = mode === "yaml" ? yaml.spec : formSpec;
  const check = useCheck(options.check, spec);

  const switchTo = (next: RunMode): void => {
    if (next === mode) return;
    if (next === "form") {
      if (yaml.spec === null) {
        setStuck(new Error(t("run.yamlFirst"))); // nothing typed is thrown away
        return;
      }
      const read = kind.fromSpec(yaml.spec);
      setDraft(read);
      setKept({ text: yaml.text, base: kind.toSpec(read) });
    }
    setStuck(null);
    setMode(next);
    options.onMode(next);
  };
  const submit = (): void => {
    setStuck(spec === null ? new Error(t("run.yamlFirst")) : null);
    if (spec === null) return;
    if (mode === "form") setDraft(kind.withoutBlankRows(draft));
    wish.mutate(spec);
  };
  const told = merged(check.fields, refused(wish, spec));
  const isTried = wish.variables !== undefined;
  const isDue = (field: FieldProblem): boolean =>
    field.code !== "required" || isTried || seen.has(field.pointer);
  return {
    ...{ mode, draft, setDraft, setYaml, kept, submit },
    setMode: switchTo,
    spec: formSpec,
    asked: spec,
    error: stuck ?? (hasFields(wish.error) ? null : wish.error),
    fields: mode === "yaml" ? told : kind.asShown(told.filter(isDue), draft),
    isChecking: check.isChecking,
    isBlank: mode === "form" && Object.keys(formSpec).length === 0 && !isTried,
    isBusy: wish.isPending,
    leave: (pointer) => setSeen((before) => (before.has(pointer) ? before : new Set([...before, pointer]))),
  };
}

function hasFields(error: Error | null): boolean {
  return error instanceof RequestFailed && error.fields.length > 0;
}

/** What was refused says the same as the check: each is shown once. */
function merged(checked: readonly FieldProblem[], refusedNow: readonly FieldProblem[]): FieldProblem[] {
  const known = new Set(checked.map((field) => field.pointer));
  return [...checked, ...refusedNow.filter((field) => !known.has(field.pointer))];
}

/** The refused fields that still hold what was refused. */
function refused(wish: Wish, now: Spec | null): FieldProblem[] {
  if (!(wish.error instanceof RequestFailed) || wish.variables === undefined || now === null) return [];
  return stillWrong(wish.error.fields, wish.variables, now);
}
