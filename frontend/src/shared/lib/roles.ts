/** What the logged-in person may do. The server decides; this only says it beforehand. */
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../api/queries";

export interface Rights {
  isAdmin: boolean;
  /** Run, stop, restart and remove containers of the project. */
  mayOperate: boolean;
}

export function useRights(project: string): Rights {
  const { data: me } = useQuery(meQuery);
  const role = me?.projects.find((one) => one.name === project)?.role;
  const isAdmin = me?.is_admin ?? false;
  return { isAdmin, mayOperate: isAdmin || (role !== undefined && role !== "viewer") };
}
