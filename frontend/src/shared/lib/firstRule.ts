/** Reads a table of rules as the back end does that refuses by it: the first rule that fits is the reason. */
import type { Rule } from "../api/rules.generated";

/** The key of the reason why not, or null. What would change nothing has a reason too. */
export function firstRule<Code, Verb, Standing extends object>(
  rules: readonly Rule<Code, Verb, Standing>[],
  verb: Verb,
  at: Standing,
): Code | null {
  return rules.find((rule) => rule.verbs.includes(verb) && fits(rule.when, at))?.code ?? null;
}

function fits<Standing extends object>(
  when: Rule<unknown, unknown, Standing>["when"],
  at: Standing,
): boolean {
  const facts = Object.keys(when) as (keyof Standing)[];
  return facts.every((fact) => when[fact]?.includes(at[fact]) ?? true);
}
