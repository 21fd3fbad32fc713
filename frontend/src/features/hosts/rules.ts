/** Which verb makes sense for a host as it stands, by the table that the API itself refuses by. */
import { HOST_RULES, type HostRefusal, type HostVerb } from "@/shared/api/rules.generated";
import type { Host } from "@/shared/api/types";

/** The key of the reason why not, or null. What a host still holds is only known to the API. */
export function hostRefusal(verb: HostVerb, host: Host, isAdmin: boolean): HostRefusal | "notAdmin" | null {
  const found = HOST_RULES.find(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.availability.includes(host.availability) &&
      rule.reachable.includes(host.reachable) &&
      host.conditions[rule.unlessBad]?.status !== "bad",
  );
  if (!isAdmin) return "notAdmin";
  return found?.code ?? null;
}
