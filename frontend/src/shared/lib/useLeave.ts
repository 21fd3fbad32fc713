import { useNavigate, useRouter } from "@tanstack/react-router";
import { useKeys } from "./keys";
import type { ROUTES } from "./paths";

/** Escape leaves an object's page, when nothing on it wanted the key: back to where one came from, or to its list. */
export function useLeave(list: typeof ROUTES.containers | typeof ROUTES.services, project: string): void {
  const router = useRouter();
  const navigate = useNavigate();
  useKeys(
    {
      Escape: () => {
        // Who came by the address has nowhere to go back to.
        if (router.history.canGoBack()) router.history.back();
        else void navigate({ to: list, params: { project } });
      },
    },
    true,
  );
}
