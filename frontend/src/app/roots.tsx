/** What all addresses stand in: the root, and the part of it that needs somebody who is logged in. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { meQuery } from "@/shared/api/queries";
import { ROUTES } from "@/shared/lib/paths";
import { projectAt } from "@/shared/lib/project";
import { session } from "@/shared/live/session";
import { Asking, NotFound, PageError } from "./PageError";
import { Shell } from "./Shell";

/** A text of the address; none when it is empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: PageError,
});

/** Everything below needs somebody who is logged in. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  // Pages that have no project in their path have it here, once somebody has chosen another one.
  validateSearch: (search): { project?: string } => ({ project: text(search["project"]) }),
  beforeLoad: async ({ context, location, preload, search }) => {
    const me = await context.queryClient.query({ ...meQuery, staleTime: "static" });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    if (me === null) throw redirect({ to: ROUTES.login, search: { next: location.href } });
    // The fleet is on its way while the page is drawn for the first time; from then on the frame of the page says whose.
    const mine = me.projects.map((one) => one.name);
    if (!preload) session.openFirst(projectAt(location.pathname, search.project, mine));
  },
  component: Shell,
  errorComponent: PageError,
  pendingComponent: Asking,
  pendingMs: 500,
  pendingMinMs: 0,
});
