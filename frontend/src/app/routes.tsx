/** Every address of the console, what stands in it, and which page shows it. */
import { createRoute } from "@tanstack/react-router";
import { FirstAdminPage } from "@/features/account/FirstAdminPage";
import { LoginPage } from "@/features/account/LoginPage";
import { ContainerPage } from "@/features/containers/ContainerPage";
import { ContainersPage } from "@/features/containers/ContainersPage";
import { EventsPage } from "@/features/events/EventsPage";
import { HostPage, type HostSearch } from "@/features/hosts/HostPage";
import { HostsPage } from "@/features/hosts/HostsPage";
import type { MapSearch } from "@/features/overview/HostMap";
import { OverviewPage } from "@/features/overview/OverviewPage";
import { PlacementPage } from "@/features/placement/PlacementPage";
import { readPlacement } from "@/features/placement/search";
import { RunPage } from "@/features/run/RunPage";
import { SettingsPage } from "@/features/settings/SettingsPage";
import {
  CONTAINER_TABS,
  type ContainerTab,
  HOST_TABS,
  MAP_GROUPS,
  MAP_METRICS,
  RUN_MODES,
  type RunMode,
  SETTINGS_TABS,
  type SettingsTab,
  ROUTES,
  USAGE_RANGES,
  type UsageRange,
} from "@/shared/lib/paths";
import { readSince, type Since } from "@/shared/lib/logView";
import { useProject } from "@/shared/lib/project";
import { Profile } from "./Profile";
import { inside, root, text } from "./roots";
import { serviceRoutes } from "./serviceRoutes";

const login = createRoute({
  getParentRoute: () => root,
  path: ROUTES.login,
  validateSearch: (search): { next?: string } => ({ next: text(search["next"]) }),
  component: function Login() {
    return <LoginPage next={login.useSearch().next} />;
  },
});

const firstAdmin = createRoute({
  getParentRoute: () => root,
  path: ROUTES.firstAdmin,
  component: FirstAdminPage,
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.overview,
  validateSearch: (search): MapSearch => ({
    by: MAP_METRICS.find((metric) => metric === search["by"]),
    group: MAP_GROUPS.find((group) => group === search["group"]),
    at: text(search["at"]),
    view: search["view"] === "list" ? "list" : undefined,
  }),
  component: function Overview() {
    const navigate = overview.useNavigate();
    return (
      <OverviewPage
        project={useProject()}
        search={overview.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const containers = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.containers,
  validateSearch: (search): { q?: string; sort?: string; peek?: string } => ({
    q: text(search["q"]),
    sort: text(search["sort"]),
    peek: text(search["peek"]),
  }),
  component: function Containers() {
    const { project } = containers.useParams();
    const navigate = containers.useNavigate();
    return (
      <ContainersPage
        key={project}
        project={project}
        search={containers.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const container = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.container,
  validateSearch: (search): { tab?: ContainerTab; find?: string; since?: Since; range?: UsageRange } => ({
    tab: CONTAINER_TABS.find((tab) => tab === search["tab"]),
    find: text(search["find"]),
    since: readSince(search["since"]),
    range: USAGE_RANGES.find((range) => range === search["range"]),
  }),
  component: function Container() {
    const { project, id } = container.useParams();
    const navigate = container.useNavigate();
    return (
      <ContainerPage
        key={id}
        project={project}
        id={id}
        search={container.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const run = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.run,
  validateSearch: (search): { as?: RunMode; from?: string } => ({
    as: RUN_MODES.find((mode) => mode === search["as"]),
    from: text(search["from"]),
  }),
  component: function Run() {
    const { project } = run.useParams();
    const navigate = run.useNavigate();
    return (
      <RunPage
        key={project}
        project={project}
        mode={run.useSearch().as ?? "form"}
        from={run.useSearch().from}
        onMode={(as) =>
          void navigate({
            search: ({ from }) => ({ ...(from && { from }), ...(as !== "form" && { as }) }),
            replace: true,
          })
        }
      />
    );
  },
});

const hosts = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.hosts,
  validateSearch: (search): { q?: string; sort?: string; add?: boolean } => ({
    q: text(search["q"]),
    sort: text(search["sort"]),
    add: search["add"] === true ? true : undefined,
  }),
  component: function Hosts() {
    const navigate = hosts.useNavigate();
    return (
      <HostsPage search={hosts.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />
    );
  },
});

const host = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.host,
  validateSearch: (search): HostSearch => ({
    tab: HOST_TABS.find((tab) => tab === search["tab"]),
    range: USAGE_RANGES.find((range) => range === search["range"]),
  }),
  component: function Host() {
    const { name } = host.useParams();
    const navigate = host.useNavigate();
    return (
      <HostPage
        key={name}
        name={name}
        search={host.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const placement = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.placement,
  validateSearch: readPlacement,
  component: function Placement() {
    const navigate = placement.useNavigate();
    const project = useProject();
    return (
      <PlacementPage
        key={project}
        project={project}
        search={placement.useSearch()}
        onSearch={(search) => void navigate({ search: (before) => ({ ...search, project: before.project }) })}
      />
    );
  },
});

const events = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.events,
  validateSearch: (search): { q?: string; scope?: "project" } => ({
    q: text(search["q"]),
    scope: search["scope"] === "project" ? "project" : undefined,
  }),
  component: function Events() {
    const navigate = events.useNavigate();
    const project = useProject();
    return (
      <EventsPage
        key={project}
        project={project}
        search={events.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.settings,
  validateSearch: (search): { tab?: SettingsTab } => ({
    tab: SETTINGS_TABS.find((tab) => tab === search["tab"]),
  }),
  component: function Settings() {
    const navigate = settings.useNavigate();
    return (
      <SettingsPage
        tab={settings.useSearch().tab ?? "profile"}
        onTab={(tab) => void navigate({ search: (before) => ({ ...before, tab }), replace: true })}
        project={useProject()}
        profile={<Profile />}
      />
    );
  },
});

export const routeTree = root.addChildren([
  login,
  firstAdmin,
  inside.addChildren([
    overview,
    containers,
    container,
    run,
    hosts,
    host,
    placement,
    events,
    settings,
    ...serviceRoutes,
  ]),
]);
