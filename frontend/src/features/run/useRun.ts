import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body, newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { Container, FieldProblem } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { type Draft, EMPTY, fromSpec, isRecord, type Spec, toSpec, withoutBlankRows } from "./draft";
import { stillWrong } from "./errors";

export interface Run {
  mode: string;
  setMode: (mode: string) => void;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  json: string;
  jsonError: string | null;
  setJson: (text: string) => void;
  error: Error | null;
  fields: readonly FieldProblem[];
  isBusy: boolean;
  submit: () => void;
}

/** The state of the page: one draft, seen as a form or as JSON, and what the server said to it. */
export function useRun(project: string): Run {
  const { t } = useTranslation();
  const [mode, setMode] = useState("form");
  const [draft, setDraft] = useState(EMPTY);
  const [json, setJson] = useState("");
  const [jsonError, setJsonError] = useState<string | null>(null);
  const post = usePost(project);

  const readJson = (): Spec | null => {
    try {
      const value: unknown = JSON.parse(json);
      if (!isRecord(value)) throw new Error(t("run.notObject"));
      setJsonError(null);
      return value;
    } catch (error) {
      setJsonError(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  const switchTo = (next: string): void => {
    if (next === mode) return;
    if (next === "json") setJson(JSON.stringify(toSpec(withoutBlankRows(draft)), null, 2));
    else {
      const spec = readJson();
      if (spec === null) return; // nothing typed is thrown away
      setDraft(fromSpec(spec));
    }
    setMode(next);
  };
  const submit = (): void => {
    if (mode === "json") {
      const spec = readJson();
      if (spec !== null) post.mutate(spec);
      return;
    }
    const sent = withoutBlankRows(draft);
    setDraft(sent);
    post.mutate(toSpec(sent));
  };
  return {
    mode,
    setMode: switchTo,
    draft,
    setDraft,
    json,
    jsonError,
    setJson,
    error: post.error,
    fields: refused(post, mode === "json" ? tryJson(json) : toSpec(draft)),
    isBusy: post.isPending,
    submit,
  };
}

/** The refused fields that still hold what was refused. */
function refused(
  post: { error: Error | null; variables: Spec | undefined },
  now: Spec | null,
): FieldProblem[] {
  if (!(post.error instanceof RequestFailed) || post.variables === undefined || now === null) return [];
  return stillWrong(post.error.fields, post.variables, now);
}

function tryJson(text: string): Spec | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
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
