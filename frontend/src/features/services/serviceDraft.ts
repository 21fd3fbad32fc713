/**
 * The form of a service, and the way to a spec and back: its own fields here, its container in the same draft as any
 * container. What the form does not know is kept in `rest`.
 */
import type { FieldProblem } from "@/shared/api/types";
import {
  type Draft,
  EMPTY,
  fromSpec as containerFrom,
  type Spec,
  toSpec as containerTo,
  withoutBlankRows as withoutBlankRowsOf,
} from "@/shared/spec/draft";
import { asShown as containerShown } from "@/shared/spec/errors";
import type { FormKind } from "@/shared/spec/useWriter";
import { isRecord, number as numberOf, text } from "@/shared/spec/values";

/** Where the container stands in the spec of a service. */
export const CONTAINER = "/container";
/** A service's container is restarted unless it says otherwise. */
const USUAL_RESTART = "always";

export const UPDATE_NUMBERS = [
  "max_surge",
  "max_unavailable",
  "batch",
  "health_window",
  "start_deadline",
  "failure_threshold",
] as const;
export type UpdateNumber = (typeof UPDATE_NUMBERS)[number];

export interface ServiceDraft extends Record<UpdateNumber, string> {
  name: string;
  mode: string;
  replicas: string;
  order: string;
  on_failure: string;
  hold_after_first: boolean;
  stop_delay: string;
  strict: boolean;
  container: Draft;
  rest: Spec;
}

/** The server's own defaults: said only when they are not wanted. */
const USUAL = { mode: "replicated", order: "start-first", on_failure: "roll-back" } as const;

export const EMPTY_SERVICE: ServiceDraft = {
  ...{ name: "", mode: USUAL.mode, replicas: "2" },
  ...{ order: USUAL.order, on_failure: USUAL.on_failure, hold_after_first: false },
  ...{ max_surge: "", max_unavailable: "", batch: "" },
  ...{ health_window: "", start_deadline: "", failure_threshold: "" },
  ...{ stop_delay: "", strict: false, container: { ...EMPTY, restart: USUAL_RESTART }, rest: {} },
};

/** Nothing for a field that nobody filled in. */
function number(typed: string): number | string | undefined {
  return typed.trim() === "" ? undefined : numberOf(typed);
}

function said(values: Spec): Spec {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function unusual(value: string, usual: string): string | undefined {
  return value === usual ? undefined : value;
}

function toSpec(draft: ServiceDraft): Spec {
  const update = said({
    ...(isRecord(draft.rest["update"]) ? draft.rest["update"] : {}),
    order: unusual(draft.order, USUAL.order),
    ...Object.fromEntries(UPDATE_NUMBERS.map((name) => [name, number(draft[name])])),
    on_failure: unusual(draft.on_failure, USUAL.on_failure),
    hold_after_first: draft.hold_after_first || undefined,
  });
  const container = containerTo({ ...draft.container, name: "" }, USUAL_RESTART);
  const isFilled = draft.name.trim() !== "" || Object.keys(container).length > 0;
  return said({
    ...draft.rest,
    name: draft.name.trim() || undefined,
    mode: unusual(draft.mode, USUAL.mode),
    // A blank form asks for nothing; its number of replicas is only an offer.
    replicas: draft.mode === "global" || !isFilled ? undefined : number(draft.replicas),
    container: isFilled ? container : undefined,
    update: Object.keys(update).length > 0 ? update : undefined,
    stop_delay: number(draft.stop_delay),
    strict: draft.strict || undefined,
  });
}

const KNOWN = ["name", "mode", "replicas", "container", "stop_delay", "strict"];

function fromSpec(spec: Spec): ServiceDraft {
  const update = isRecord(spec["update"]) ? spec["update"] : {};
  return {
    ...EMPTY_SERVICE,
    name: text(spec["name"]),
    mode: text(spec["mode"]) || USUAL.mode,
    replicas: text(spec["replicas"]),
    order: text(update["order"]) || USUAL.order,
    on_failure: text(update["on_failure"]) || USUAL.on_failure,
    hold_after_first: update["hold_after_first"] === true,
    ...(Object.fromEntries(UPDATE_NUMBERS.map((name) => [name, text(update[name])])) as Record<
      UpdateNumber,
      string
    >),
    stop_delay: text(spec["stop_delay"]),
    strict: spec["strict"] === true,
    container: containerFrom(isRecord(spec["container"]) ? spec["container"] : {}, USUAL_RESTART),
    rest: Object.fromEntries(Object.entries(spec).filter(([key]) => !KNOWN.includes(key))),
  };
}

function asShown(fields: readonly FieldProblem[], draft: ServiceDraft): FieldProblem[] {
  return containerShown(fields, draft.container, CONTAINER);
}

export const SERVICE_FORM: FormKind<ServiceDraft> = {
  toSpec,
  fromSpec,
  withoutBlankRows: (draft) => ({ ...draft, container: withoutBlankRowsOf(draft.container) }),
  asShown,
};
