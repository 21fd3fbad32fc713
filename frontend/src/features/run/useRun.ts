import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body, newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { Container, FieldProblem } from "@/shared/api/types";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import { type Draft, EMPTY, fromSpec, type Spec, toSpec, withoutBlankRows } from "./draft";
import { asShown, stillWrong } from "./errors";
import { useCheck } from "./useCheck";
import type { YamlText } from "./YamlFields";

export interface Run {
  mode: RunMode;
  setMode: (mode: RunMode) => void;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  setYaml: (yaml: YamlText) => void;
  /** The text as it was left for the form, and what it said. */
  kept: { text: string; base: Spec };
  spec: Spec;
  /** Why the last wish could not be done, when that is about no field. */
  error: Error | null;
  /** What is wrong with fields, at the pointers of what is shown. */
  fields: readonly FieldProblem[];
  isChecking: boolean;
  isBlank: boolean;
  isBusy: boolean;
  submit: () => void;
  leave: (pointer: string) => void;
}

const NO_TEXT = { text: "", base: {} };

/** The state of the page: one spec, seen as a form or as YAML, and what the server says to it. */
export function useRun(project: string, first: RunMode, onMode: (mode: RunMode) => void): Run {
  const { t } = useTranslation();
  const [mode, setMode] = useState<RunMode>(first);
  const [draft, setDraft] = useState(EMPTY);
  const [yaml, setYaml] = useState<YamlText>({ text: "", spec: {} });
  const [kept, setKept] = useState<Run["kept"]>(NO_TEXT);
  const [stuck, setStuck] = useState<Error | null>(null);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const post = usePost(project);
  const formSpec = toSpec(withoutBlankRows(draft));
  const spec = mode === "yaml" ? yaml.spec : formSpec;
  const check = useCheck(project, spec);

  const switchTo = (next: RunMode): void => {
    if (next === mode) return;
    if (next === "form") {
      if (yaml.spec === null) {
        setStuck(new Error(t("run.yamlFirst"))); // nothing typed is thrown away
        return;
      }
      const read = fromSpec(yaml.spec);
      setDraft(read);
      setKept({ text: yaml.text, base: toSpec(read) });
    }
    setStuck(null);
    setMode(next);
    onMode(next);
  };
  const submit = (): void => {
    setStuck(spec === null ? new Error(t("run.yamlFirst")) : null);
    if (spec === null) return;
    if (mode === "form") setDraft(withoutBlankRows(draft));
    post.mutate(spec);
  };
  const told = merged(check.fields, refused(post, spec));
  const isTried = post.variables !== undefined;
  const isDue = (field: FieldProblem): boolean =>
    field.code !== "required" || isTried || seen.has(field.pointer);
  return {
    ...{ mode, draft, setDraft, setYaml, kept, submit },
    setMode: switchTo,
    spec: formSpec,
    error: stuck ?? (hasFields(post.error) ? null : post.error),
    fields: mode === "yaml" ? told : asShown(told.filter(isDue), draft),
    isChecking: check.isChecking,
    isBlank: mode === "form" && Object.keys(formSpec).length === 0 && !isTried,
    isBusy: post.isPending,
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
function refused(
  post: { error: Error | null; variables: Spec | undefined },
  now: Spec | null,
): FieldProblem[] {
  if (!(post.error instanceof RequestFailed) || post.variables === undefined || now === null) return [];
  return stillWrong(post.error.fields, post.variables, now);
}

function usePost(project: string) {
  const navigate = useNavigate();
  const key = useRef({ text: "", key: newKey() });
  return useMutation<Container, Error, Spec>({
    mutationFn: async (spec) => {
      // The same spec after a silence is the same request; anything else is a new one.
      const sent = JSON.stringify(spec);
      if (key.current.text !== sent) key.current = { text: sent, key: newKey() };
      const params = { path: { project }, header: { "Idempotency-Key": key.current.key } };
      return body(await api.POST("/api/v1/projects/{project}/containers", { params, body: spec as never }));
    },
    onSuccess: (made) => void navigate({ to: ROUTES.container, params: { project, id: made.slot } }),
    onError: (error) => {
      if (error instanceof RequestFailed && error.isFinal) key.current = { text: "", key: newKey() };
    },
  });
}
