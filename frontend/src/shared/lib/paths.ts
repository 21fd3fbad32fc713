/** Every address inside the console. Links are made here only, so that a moved page moves once. */

export const ROUTES = {
  overview: "/",
  login: "/login",
  firstAdmin: "/first-admin",
  containers: "/p/$project/containers",
  container: "/p/$project/containers/$id",
  run: "/p/$project/run",
  hosts: "/hosts",
  host: "/hosts/$name",
  events: "/events",
  settings: "/settings",
} as const;

export const CONTAINER_TABS = ["logs", "metrics", "events", "attempts", "why", "inspect"] as const;
export type ContainerTab = (typeof CONTAINER_TABS)[number];

export const MAP_METRICS = ["hosts", "cpu", "memory"] as const;
export type MapMetric = (typeof MAP_METRICS)[number];

export const SETTINGS_TABS = ["profile", "tokens", "health", "about"] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

/** An address as text: `$name` in a route is replaced by its value. */
export function hrefOf(route: string, values: Readonly<Record<string, string>>): string {
  return route.replaceAll(/\$(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
