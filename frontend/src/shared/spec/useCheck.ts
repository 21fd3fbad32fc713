/** Asks the server what it would say to a spec, a moment after the last letter. Nothing is run. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, type QueryKey, useQuery } from "@tanstack/react-query";
import { RequestFailed } from "../api/problem";
import type { FieldProblem } from "../api/types";
import { stillWrong } from "./errors";
import type { Spec } from "./draft";

const QUIET_MS = 300;

export interface Check {
  fields: readonly FieldProblem[];
  isChecking: boolean;
}

/** The question to the server: refused it throws, as every request does. */
export interface Asking {
  key: QueryKey;
  ask: (spec: Spec) => Promise<unknown>;
}

interface Verdict {
  spec: Spec;
  fields: readonly FieldProblem[];
}

/** Null: there is nothing that could be asked. */
export function useCheck({ key, ask }: Asking, spec: Spec | null): Check {
  const text = spec === null ? "" : JSON.stringify(spec);
  const [asked] = useDebouncedValue(text, QUIET_MS);
  const { data, isFetching } = useQuery({
    queryKey: ["check", ...key, asked],
    enabled: asked !== "" && asked !== "{}",
    queryFn: () => verdict(ask, JSON.parse(asked) as Spec),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    gcTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (spec === null || !data) return { fields: [], isChecking: spec !== null && isFetching };
  return { fields: stillWrong(data.fields, data.spec, spec), isChecking: asked !== text || isFetching };
}

async function verdict(ask: Asking["ask"], spec: Spec): Promise<Verdict> {
  try {
    await ask(spec);
    return { spec, fields: [] };
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.isFinal) throw error;
    // What is wrong with all of it (too long, a policy that cannot be read) has no pointer of its own.
    const whole = { pointer: "", code: error.code, message: error.message };
    return { spec, fields: error.fields.length > 0 ? error.fields : [whole] };
  }
}
