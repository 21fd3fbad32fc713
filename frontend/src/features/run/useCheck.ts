/** Asks the server what it would say to a spec, a moment after the last letter. Nothing is run. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { FieldProblem } from "@/shared/api/types";
import { stillWrong } from "./errors";
import type { Spec } from "./draft";

const QUIET_MS = 300;

export interface Check {
  fields: readonly FieldProblem[];
  isChecking: boolean;
}

interface Verdict {
  spec: Spec;
  fields: readonly FieldProblem[];
}

/** Null: there is nothing that could be asked. */
export function useCheck(project: string, spec: Spec | null): Check {
  const text = spec === null ? "" : JSON.stringify(spec);
  const [asked] = useDebouncedValue(text, QUIET_MS);
  const { data, isFetching } = useQuery({
    queryKey: ["check", project, asked],
    enabled: asked !== "" && asked !== "{}",
    queryFn: () => ask(project, asked),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    gcTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (spec === null || !data) return { fields: [], isChecking: spec !== null && isFetching };
  return { fields: stillWrong(data.fields, data.spec, spec), isChecking: asked !== text || isFetching };
}

async function ask(project: string, text: string): Promise<Verdict> {
  const spec = JSON.parse(text) as Spec;
  try {
    await api.POST("/api/v1/projects/{project}/containers/check", {
      params: { path: { project } },
      body: spec as never,
    });
    return { spec, fields: [] };
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.isFinal) throw error;
    // What is wrong with all of it (too long, a policy that cannot be read) has no pointer of its own.
    const whole = { pointer: "", code: error.code, message: error.message };
    return { spec, fields: error.fields.length > 0 ? error.fields : [whole] };
  }
}
