/** What the logged-in person may do. The server decides by the same table; this only says it beforehand. */
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../api/queries";
import { LEAST_ROLE, RANK } from "../api/rules.generated";

export type Role = keyof typeof RANK;
export type RoleVerb = keyof typeof LEAST_ROLE;

export interface Rights {
  isAdmin: boolean;
  /** Run, stop, restart and remove containers of the project. */
  mayOperate: boolean;
  /** Keep the project's registries and members. */
  mayOwn: boolean;
  /** Say which policy the project's containers are placed by when they name none. */
  mayChoosePolicy: boolean;
  /** Say whether the project is rebalanced by itself. */
  mayLetRebalance: boolean;
  /** Release a brake: of the platform, whatever the project. */
  mayRelease: boolean;
}

/** May somebody who holds this role (none: no member) do this? */
export function allows(role: Role | undefined, verb: RoleVerb): boolean {
  return role !== undefined && RANK[role] >= RANK[LEAST_ROLE[verb]];
}

export function useRights(project: string): Rights {
  const { data: me } = useQuery(meQuery);
  const isAdmin = me?.is_admin ?? false;
  const role = isAdmin ? "admin" : me?.projects.find((one) => one.name === project)?.role;
  return {
    isAdmin,
    mayOperate: allows(role, "container.run"),
    mayOwn: allows(role, "registry.change"),
    mayChoosePolicy: allows(role, "policy.choose"),
    mayLetRebalance: allows(role, "rebalance.change"),
    mayRelease: allows(role, "brake.release"),
  };
}
