/**
 * Every screen of the console, in one place: where it is, and what is there once it is drawn. From this list come the
 * accessibility of every page in both themes and the pictures in both languages; so `ready` reads no words.
 */
import type { Page } from "@playwright/test";

/** What a screen may show, by its address. */
export interface Sights {
  host: string;
  /** Slots of containers: one that runs and writes a log, one that no host can hold. */
  running: string;
  pending: string;
  /** A service with revisions, which has been measured or is about to be. */
  service: string;
}

export interface Screen {
  name: string;
  path: (sights: Sights) => string;
  /** A selector. */
  ready: string;
  /** What somebody does to get there from the address. */
  then?: (page: Page) => Promise<void>;
  /** Without an account. */
  isOutside?: boolean;
}

const ofContainer = (tab: string, ready: string): Screen => ({
  name: `container-${tab}`,
  path: ({ running }) => `/p/default/containers/${running}?tab=${tab}`,
  ready,
});
const ofSettings = (tab: string, ready: string): Screen => ({
  name: `settings-${tab}`,
  path: () => `/settings?tab=${tab}`,
  ready,
});

const ofService = (tab: string, ready: string): Screen => ({
  name: `service-${tab}`,
  path: ({ service }) => `/p/default/services/${service}?tab=${tab}`,
  ready: `[role=tabpanel] ${ready}`,
});

export const SCREENS: readonly Screen[] = [
  { name: "login", path: () => "/login", ready: "form", isOutside: true },
  { name: "overview", path: () => "/", ready: "[data-testid=verdict] >> nth=0" },
  { name: "overview-list", path: () => "/?view=list", ready: "table a" },
  { name: "hosts", path: () => "/hosts", ready: "[role=gridcell] a" },
  { name: "host-add", path: () => "/hosts?add=true", ready: "[role=dialog] form" },
  { name: "host", path: ({ host }) => `/hosts/${host}`, ready: "h1.mono, h1 + span" },
  {
    name: "host-usage",
    path: ({ host }) => `/hosts/${host}?tab=usage&range=1h`,
    ready: "canvas, h2 ~ *",
  },
  { name: "host-events", path: ({ host }) => `/hosts/${host}?tab=events`, ready: "[role=tabpanel] td" },
  { name: "host-labels", path: ({ host }) => `/hosts/${host}?tab=labels`, ready: "[role=tabpanel] button" },
  {
    name: "placement", // more than fit: some land, for the others there is a reason
    path: () => "/placement?n=999&cpu=0.5&memory=256m&spread=zone&hcpu=8&hmemory=16g",
    ready: "[data-testid=fixes]",
  },
  { name: "placement-loss", path: () => "/placement?tab=loss&label=zone", ready: "[data-testid=loss]" },
  { name: "placement-rebalance", path: () => "/placement?tab=rebalance", ready: "form [role=switch]" },
  { name: "placement-policies", path: () => "/placement?tab=policies", ready: "[role=tabpanel] td" },
  {
    name: "placement-policy",
    path: () => "/placement?tab=policies&edit=balanced",
    ready: "[data-testid=policy] input",
  },
  {
    name: "host-drain",
    path: ({ host }) => `/hosts/${host}`,
    ready: "[role=dialog] [data-testid=drain-preview]",
    then: (page) => page.locator("button:has(.tabler-icon-door-exit)").click(),
  },
  { name: "brake", path: () => "/", ready: "[data-testid=brake]" },
  {
    name: "brake-release",
    path: () => "/",
    ready: "[role=dialog] button",
    then: (page) => page.locator("[data-testid=brake] button").click(),
  },
  { name: "services", path: () => "/p/default/services", ready: "main h1 ~ *, [role=grid]" },
  ofService("overview", "[data-testid=lanes] li"),
  ofService("containers", "td"),
  ofService("decisions", "summary"),
  ofService("usage", "[role=radiogroup] ~ *"),
  ofService("revisions", "td"),
  ofService("rollouts", "td"),
  ofService("events", "td"),
  {
    name: "service-plan", // what one more would bring
    path: ({ service }) => `/p/default/services/${service}`,
    ready: "[data-testid=plan] td",
    then: async (page) => {
      const scale = page.locator("form:has(.tabler-icon-plus)");
      await scale.locator("button:has(.tabler-icon-plus)").click();
      await scale.locator("button[type=button]:not(:has(svg))").click();
    },
  },
  { name: "service-new", path: () => "/p/default/services/new", ready: "form label" },
  { name: "service-new-yaml", path: () => "/p/default/services/new?as=yaml", ready: ".cm-content" },
  { name: "containers", path: () => "/p/default/containers", ready: "[role=gridcell] a" },
  {
    name: "containers-filtered",
    path: () => "/p/default/containers?q=state:pending,failed,restarting",
    ready: "[role=gridcell] a",
  },
  {
    name: "containers-peek",
    path: ({ running }) => `/p/default/containers?peek=${running}`,
    ready: "aside, [role=complementary], [role=region]",
  },
  ofContainer("logs", "[role=log] span"),
  ofContainer("metrics", "canvas, h2"),
  ofContainer("events", "td"),
  ofContainer("attempts", "td"),
  ofContainer("why", "ol li"),
  ofContainer("inspect", "pre, .cm-content"),
  {
    name: "container-why-pending",
    path: ({ pending }) => `/p/default/containers/${pending}?tab=why`,
    ready: "ol li",
  },
  { name: "run", path: () => "/p/default/run", ready: "form label" },
  { name: "run-yaml", path: () => "/p/default/run?as=yaml", ready: ".cm-content" },
  { name: "events", path: () => "/events", ready: "[role=cell]" },
  ofSettings("profile", "dl"),
  ofSettings("tokens", "form"),
  ofSettings("registries", "[role=tabpanel] h2"),
  ofSettings("health", "td"),
  ofSettings("about", "dl"),
  {
    name: "palette",
    path: () => "/p/default/containers",
    ready: "#palette-list [role=option]",
    then: async (page) => {
      await page.keyboard.press("Control+k");
      await page.locator("[aria-controls=palette-list]").fill("e");
    },
  },
  {
    name: "help",
    path: () => "/p/default/containers",
    ready: "[role=dialog] kbd",
    then: (page) => page.keyboard.press("?"),
  },
  { name: "nowhere", path: () => "/no/such/page", ready: "h1" },
];

/** `isSoft`: within the console that is open, which keeps what it has seen. */
export async function open(
  page: Page,
  screen: Screen,
  sights: Sights,
  how = { isSoft: false },
): Promise<void> {
  if (how.isSoft) {
    await page.keyboard.press("Escape");
    // By way of another page: what a page keeps of an earlier screen is no part of this one.
    await page.evaluate(() => window.history.pushState({}, "", "/settings"));
    await page.locator("[role=tablist]").first().waitFor();
    await page.evaluate((path) => window.history.pushState({}, "", path), screen.path(sights));
  } else await page.goto(screen.path(sights));
  if (screen.then) {
    await page.locator("[data-testid=live][data-freshness=live]").waitFor();
    await screen.then(page);
  }
  await page.locator(screen.ready).first().waitFor({ timeout: 10_000 });
}
