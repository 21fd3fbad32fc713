/** Where a container may and should run, as the form has it: taints, other containers, its policy, who goes first. */
import { isRecord, number, text } from "./values";

export interface CompanyDraft {
  /** Whom the rule names: those of a service, or those with a label. */
  kind: "service" | "label";
  name: string;
  apart: boolean;
  within: string;
  /** Empty: it must hold. */
  prefer: string;
}
export interface AmountDraft {
  name: string;
  value: string;
}
export interface PlacementDraft {
  tolerations: string;
  affinity: CompanyDraft[];
  max_per: AmountDraft[];
  needs: AmountDraft[];
  placement_policy: string;
  priority: string;
}

export const NO_PLACEMENT: PlacementDraft = {
  tolerations: "",
  affinity: [],
  max_per: [],
  needs: [],
  placement_policy: "",
  priority: "",
};

export const NO_RULE: CompanyDraft = { kind: "service", name: "", apart: false, within: "", prefer: "" };

type Values = Record<string, unknown>;

/** Empty ones stay in it: whoever builds the spec leaves them out. */
export function toPlacement(draft: PlacementDraft): Values {
  const priority = draft.priority.trim();
  return {
    tolerations: splitList(draft.tolerations),
    affinity: draft.affinity.map(toRule),
    max_per: toAmounts(draft.max_per),
    needs: toAmounts(draft.needs),
    placement_policy: draft.placement_policy.trim(),
    priority: /^-\d+$/.test(priority) ? Number(priority) : number(priority),
  };
}

/** Words with blanks or commas between them. */
export function splitList(line: string): string[] {
  return line.split(/(?:,?\s)+|,/).filter(Boolean);
}

function toRule({ kind, name, apart, within, prefer }: CompanyDraft): Values {
  return {
    [kind]: name.trim(),
    ...(apart && { apart }),
    ...(within.trim() !== "" && { within: within.trim() }),
    ...(prefer.trim() !== "" && { prefer: number(prefer) }),
  };
}

function toAmounts(rows: readonly AmountDraft[]): Values {
  return Object.fromEntries(rows.map(({ name, value }) => [name.trim(), number(value)]));
}

export function fromPlacement(spec: Values): PlacementDraft {
  const list = (name: string): unknown[] => (Array.isArray(spec[name]) ? spec[name] : []);
  return {
    tolerations: list("tolerations").map(text).join(" "),
    affinity: list("affinity").filter(isRecord).map(fromRule),
    max_per: fromAmounts(spec["max_per"]),
    needs: fromAmounts(spec["needs"]),
    placement_policy: text(spec["placement_policy"]),
    priority: text(spec["priority"]),
  };
}

function fromRule(rule: Values): CompanyDraft {
  const kind = rule["label"] === undefined ? "service" : "label";
  return {
    kind,
    name: text(rule[kind]),
    apart: rule["apart"] === true,
    within: text(rule["within"]),
    prefer: text(rule["prefer"]),
  };
}

function fromAmounts(value: unknown): AmountDraft[] {
  return isRecord(value)
    ? Object.entries(value).map(([name, amount]) => ({ name, value: text(amount) }))
    : [];
}

export function withoutBlankRules(rules: readonly CompanyDraft[]): CompanyDraft[] {
  return rules.filter(
    (one) => one.apart || [one.name, one.within, one.prefer].some((typed) => typed.trim() !== ""),
  );
}
