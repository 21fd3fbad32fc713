/** Goes to the same place in another project. Back leads to the project from before. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import { ROUTES } from "@/shared/lib/paths";

export function useProjectSwitch(project: string): (next: string) => void {
  const navigate = useNavigate();
  const router = useRouter();
  const go = async (next: string): Promise<void> => {
    const { params, pathname } = place(router);
    if ("project" in params) {
      // An object of one project is no object of the other: its list is as near as one can get.
      const to = pathname.endsWith("/run") ? ROUTES.run : ROUTES.containers;
      const search = "id" in params ? {} : keepQuery(router);
      await navigate({ to, params: { project: next }, search });
      return;
    }
    // What is left says which project it showed, so that Back shows it again.
    await navigate({ to: ".", search: (before) => ({ ...before, project }), replace: true });
    await navigate({ to: ".", search: (before) => ({ ...before, project: next }) });
  };
  return (next) => {
    if (next !== project) void go(next);
  };
}

type Router = ReturnType<typeof useRouter>;

function place(router: Router): { params: object; pathname: string } {
  const match = router.state.matches.at(-1);
  return { params: match?.params ?? {}, pathname: match?.pathname ?? "/" };
}

/** The filter and the order hold for any project; what was looked at beside the list does not. */
function keepQuery(router: Router): { q?: string; sort?: string } {
  const { q, sort } = router.state.location.search as { q?: string; sort?: string };
  return { ...(q === undefined ? {} : { q }), ...(sort === undefined ? {} : { sort }) };
}
