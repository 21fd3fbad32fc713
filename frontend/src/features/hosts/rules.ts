/** Which verb makes sense for a host as it stands, by the table that the API itself refuses by. */
import { HOST_RULES, type HostRefusal, type HostVerb } from "@/shared/api/rules.generated";
import type { Host } from "@/shared/api/types";
import { firstRule } from "@/shared/lib/firstRule";

/** The key of the reason why not, or null. What a host still holds is only known to the API. */
export function hostRefusal(verb: HostVerb, host: Host, isAdmin: boolean): HostRefusal | "notAdmin" | null {
  if (!isAdmin) return "notAdmin";
  const { availability, reachable, conditions } = host;
  const flapping = conditions["flapping"]?.status === "bad";
  return firstRule(HOST_RULES, verb, { availability, reachable, flapping });
}
