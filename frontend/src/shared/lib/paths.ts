/** Every address inside the console. Links are made here only, so that a moved page moves once. */

export const ROUTES = {
  overview: "/",
  login: "/login",
  firstAdmin: "/first-admin",
  containers: "/p/$project/containers",
  container: "/p/$project/containers/$id",
  services: "/p/$project/services",
  newService: "/p/$project/services/new",
  service: "/p/$project/services/$id",
  editService: "/p/$project/services/$id/edit",
  run: "/p/$project/run",
  hosts: "/hosts",
  host: "/hosts/$name",
  placement: "/placement",
  events: "/events",
  settings: "/settings",
} as const;

export const CONTAINER_TABS = ["logs", "metrics", "events", "attempts", "why", "inspect"] as const;
export type ContainerTab = (typeof CONTAINER_TABS)[number];

export const SERVICE_TABS = [
  "overview",
  "containers",
  "decisions",
  "usage",
  "revisions",
  "rollouts",
  "events",
] as const;
export type ServiceTab = (typeof SERVICE_TABS)[number];

export const PLACEMENT_TABS = ["simulate", "loss", "rebalance", "policies"] as const;
export type PlacementTab = (typeof PLACEMENT_TABS)[number];

export const MAP_METRICS = ["hosts", "cpu", "memory"] as const;
export type MapMetric = (typeof MAP_METRICS)[number];

export const MAP_GROUPS = ["zone", "state", "none"] as const;
export type MapGroup = (typeof MAP_GROUPS)[number];

export const HOST_TABS = ["containers", "usage", "gpus", "events", "labels"] as const;
export type HostTab = (typeof HOST_TABS)[number];

/** How far back plots go. */
export const USAGE_RANGES = ["1h", "6h", "24h"] as const;
export type UsageRange = (typeof USAGE_RANGES)[number];

export const RUN_MODES = ["form", "yaml"] as const;
export type RunMode = (typeof RUN_MODES)[number];

export const SETTINGS_TABS = ["profile", "tokens", "registries", "health", "about"] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

/** An address as text: `$name` in a route is replaced by its value. */
export function hrefOf(route: string, values: Readonly<Record<string, string>>): string {
  return route.replaceAll(/\$(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
