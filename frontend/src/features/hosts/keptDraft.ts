/** What keeps containers off a host, as it is typed: its taints, the projects it is kept for, its named resources. */
import type { Host } from "@/shared/api/types";

export interface TaintDraft {
  text: string;
  /** Others are taken first; nobody is refused. */
  avoid: boolean;
}
export interface ResourceDraft {
  name: string;
  amount: string;
}
export interface KeptDraft {
  taints: readonly TaintDraft[];
  projects: string;
  resources: readonly ResourceDraft[];
}
export interface KeptSaid {
  taints: string[];
  projects: string[];
  resources: Record<string, number>;
}

const AVOID = ":avoid";

export function draftOf(host: Pick<Host, "taints" | "projects" | "resources">): KeptDraft {
  return {
    taints: host.taints.map((taint) => {
      const avoid = taint.endsWith(AVOID);
      return { text: avoid ? taint.slice(0, -AVOID.length) : taint, avoid };
    }),
    projects: host.projects.join(", "),
    resources: Object.entries(host.resources).map(([name, one]) => ({
      name,
      amount: String(one.allocatable),
    })),
  };
}

/** Rows that nobody filled in are left out. */
export function withoutBlank(draft: KeptDraft): KeptDraft {
  return {
    ...draft,
    taints: draft.taints.filter((one) => one.text.trim() !== ""),
    resources: draft.resources.filter((one) => one.name.trim() !== "" || one.amount.trim() !== ""),
  };
}

export function saidOf(draft: KeptDraft): KeptSaid {
  const { taints, projects, resources } = withoutBlank(draft);
  return {
    taints: taints.map(({ text, avoid }) => text.trim() + (avoid ? AVOID : "")),
    projects: projects.split(/[\s,]+/).filter(Boolean),
    resources: Object.fromEntries(resources.map(({ name, amount }) => [name.trim(), numberOf(amount)])),
  };
}

/** What is no whole number is sent as one that the server refuses at its place. */
function numberOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : -1;
}
