/** What a page shows when it cannot show what it is for: it loads, a part of it fails, nobody may, nothing comes. */
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { logIn, VIEWER } from "./console";
import { away, expectLive, type Made, openContainer, test } from "./fixtures";

const QUIET_MS = 300;
const ONE = "/p/default/containers";
const REQUEST_ID = "0123456789abcdef";

/** A page, the request it stands on, and what is there when that was answered. */
interface Asked {
  path: (made: Made, host: string) => string;
  request: RegExp;
  ready: string;
}

const ASKED: Record<string, Asked> = {
  container: { path: ({ slot }) => `${ONE}/${slot}`, request: /\/api\/.*\/containers\/[^/]+$/, ready: "h1" },
  events: { path: ({ slot }) => `${ONE}/${slot}?tab=events`, request: /\/api\/.*\/events$/, ready: "td" },
  attempts: { path: ({ slot }) => `${ONE}/${slot}?tab=attempts`, request: /\/attempts$/, ready: "td" },
  why: { path: ({ slot }) => `${ONE}/${slot}?tab=why`, request: /\/decision$/, ready: "ol li" },
  host: { path: (_, host) => `/hosts/${host}`, request: /\/api\/v1\/hosts\/[^/?]+$/, ready: "h1" },
  history: { path: () => "/events", request: /\/api\/v1\/events\?/, ready: "[role=cell]" },
  tokens: { path: () => "/settings?tab=tokens", request: /\/tokens$/, ready: "td, h2 ~ p, h2 + div h2" },
  health: { path: () => "/settings?tab=health", request: /\/loops$/, ready: "td" },
};

async function firstHost(page: Page): Promise<string> {
  const answer = await page.request.get("/api/v1/hosts?limit=1");
  return ((await answer.json()) as { results: { name: string }[] }).results[0]?.name ?? "";
}

/** Notes when a wait began and when its skeleton was drawn. */
async function watchSkeletons(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Record<string, number> = {};
    Object.assign(globalThis, { seen });
    // What is drawn is noticed at the end of a task, which may be a long one: the wait began no earlier than the last beat.
    let beat_ms = performance.now();
    setInterval(() => (beat_ms = performance.now()), 4);
    new MutationObserver(() => {
      const state = document.querySelector("main [data-loading]")?.getAttribute("data-loading");
      if (state === "quiet") seen[state] ??= beat_ms;
      else if (state !== null && state !== undefined) seen[state] ??= performance.now();
    }).observe(document, { subtree: true, childList: true });
  });
}

async function expectPatience(page: Page): Promise<void> {
  await expect(page.locator("main").getByRole("status").filter({ hasText: "Loading" }).first()).toBeVisible();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: Record<string, number> }).seen);
  const [quiet, shown] = [seen["quiet"] ?? NaN, seen["shown"] ?? NaN];
  expect(shown - quiet, "nothing is drawn for a short wait").toBeGreaterThan(QUIET_MS - 20);
}

test("while the fleet is on its way: the shape of the page, and not before one notices", async ({
  page,
  wire,
}) => {
  await watchSkeletons(page);
  for (const [path, ready] of [
    ["/", "[data-testid=verdict]"],
    ["/hosts", "[role=grid]"],
    [ONE, "h1 ~ *, [role=grid]"],
  ] as const) {
    wire.keeps = true;
    await page.goto(path);
    await expectPatience(page);
    await expect(page.locator("main h1")).toHaveCount(1);
    wire.flow();
    await expect(page.locator(ready).first()).toBeVisible();
    await expect(page.locator("[data-loading=shown]")).toHaveCount(0);
  }
});

test("while an answer is on its way: a skeleton in its place, the rest of the page is there", async ({
  page,
  api,
}) => {
  const made = await api.wait("loading");
  const host = await firstHost(page);
  await watchSkeletons(page);
  for (const [name, { path, request, ready }] of Object.entries(ASKED)) {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(request, async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(path(made, host));
    await expectPatience(page);
    release();
    await expect(page.locator(ready).first(), name).toBeVisible();
    await page.unroute(request);
    await expect(page.locator("[data-loading=shown]")).toHaveCount(0);
  }
});

test("a part that fails says what, under which request, and comes back when asked; the rest goes on", async ({
  page,
  api,
  troubles,
}) => {
  const made = await api.wait("failing");
  const host = await firstHost(page);
  const problem = {
    ...{ type: "about:blank", title: "Refused", status: 409, code: "engine-refused", errors: [] },
    ...{ detail: "the engine did not answer in time; it is asked again", request_id: REQUEST_ID },
  };
  for (const [name, { path, request, ready }] of Object.entries(ASKED)) {
    await page.route(request, (route) => route.fulfill({ status: 409, json: problem }));
    await page.goto(path(made, host));
    const note = page.getByRole("alert").filter({ hasText: problem.detail });
    await expect(note.first(), name).toBeVisible();
    await expect(note.first()).toContainText(REQUEST_ID);
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await expectLive(page);
    await page.unroute(request);
    await note.first().getByRole("button", { name: "Try again" }).click();
    await expect(page.locator(ready).first(), name).toBeVisible();
    await expect(note, name).toHaveCount(0);
  }
  expect(troubles).toEqual([]);
});

test("a server that fails is asked again, and then says so; one panel does not take the page with it", async ({
  page,
}) => {
  let asked = 0;
  await page.route(/\/api\/v1\/events\?/, (route) => {
    asked += 1;
    return route.fulfill({
      status: 502,
      body: "<h1>Bad Gateway</h1>",
      headers: { "X-Request-ID": REQUEST_ID },
    });
  });
  await page.goto("/");
  await expect(page.getByTestId("verdict")).toBeVisible();
  const note = page.getByRole("alert").filter({ hasText: "502" });
  await expect(note).toContainText(REQUEST_ID);
  expect(asked).toBe(4);
  await expect(page.getByRole("heading", { name: "Host map" })).toBeVisible();
  await page.unroute(/\/api\/v1\/events\?/);
  await note.getByRole("button", { name: "Try again" }).click();
  await expect(note).toHaveCount(0);
});

test("a browser that thinks itself offline asks anyhow: the server may be on the same machine", async ({
  page,
}) => {
  await page.goto("/");
  await expectLive(page);
  await page.evaluate(() => {
    window.dispatchEvent(new Event("offline"));
    window.history.pushState({}, "", "/settings?tab=health");
  });
  await expect(page.locator("[role=tabpanel] td").first()).toBeVisible();
});

test("a container, a host, a project, a page that is not there: each says so", async ({ page }) => {
  const missing = [
    [`${ONE}/00000000-0000-4000-8000-000000000000`, "There is no such container"],
    ["/hosts/no-such-host", "There is no such host"],
    ["/p/no-such-project/containers", "There is no project no-such-project for you"],
    ["/no/such/page", "There is no such page"],
  ] as const;
  for (const [path, words] of missing) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: words })).toBeVisible();
  }
});

test("when nothing comes any more, every page says so and keeps what it had", async ({ page, api, wire }) => {
  await openContainer(page, await api.wait("stale"));
  await away(page);
  wire.holds = true;
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "stale");
  for (const key of ["o", "h", "c", "r", "e", ","]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page.locator("main h1")).toBeVisible();
    await expect(page.getByRole("alert").filter({ hasText: "Live updates stopped" })).toBeVisible();
    await expect(page.locator("[data-loading=shown]")).toHaveCount(0);
  }
});

test.describe("somebody who may only look", () => {
  let context: BrowserContext;
  let viewer: Page;

  test.beforeAll(async ({ browser }, { project }) => {
    context = await browser.newContext({
      baseURL: project.use.baseURL ?? "",
      locale: "en-GB",
      storageState: { cookies: [], origins: [] },
    });
    viewer = await context.newPage();
    await logIn(viewer, VIEWER);
  });
  test.afterAll(() => context.close());

  /** Visible, reachable, refused, and with the reason. */
  async function expectRefused(name: string, reason: RegExp): Promise<void> {
    const verb = viewer.getByRole("main").getByRole("button", { name }).first();
    await expect(verb, name).toHaveAttribute("aria-disabled", "true");
    await viewer.locator("h1").first().hover();
    await verb.hover();
    await expect(viewer.getByRole("tooltip").filter({ hasText: reason })).toBeVisible();
  }

  test("sees the verbs, and why they are not theirs", async ({ api, page }) => {
    await page.goto("/");
    const made = await api.run("looked-at", "wait");
    const role = /may look, but not change/;
    await viewer.goto(ONE);
    await expectRefused("Run a container", role);
    await viewer.goto(`${ONE}/${made.slot}`);
    for (const verb of ["Stop", "Restart", "Remove"]) await expectRefused(verb, role);
    await viewer.goto("/hosts");
    await expectRefused("Add host", /Only a platform admin/);
    await viewer.goto(`/hosts/${await firstHost(viewer)}`);
    await expectRefused("Cordon", /Only a platform admin/);
    await viewer.goto("/placement?tab=policies");
    await expectRefused("New policy", /Only a platform admin/);
    await expectRefused("Choose", /Only owners/);
    await viewer.goto("/p/default/run");
    await expect(viewer.getByText(role).first()).toBeVisible();
    await viewer.goto("/settings?tab=health");
    await expect(viewer.getByText("Your role does not allow this")).toBeVisible();
    await viewer.goto("/events");
    await expect(viewer.getByRole("cell").first()).toBeVisible();
  });
});

/** The script breaks off twice, and then comes; how often it was asked for. */
async function breakOffTwice(page: Page, script: RegExp): Promise<() => number> {
  let times = 0;
  await page.route(script, (route) => {
    times += 1;
    return times <= 2 ? route.abort("connectionreset") : route.continue();
  });
  return () => times;
}

test("a part of the console that breaks off while it is fetched comes after all", async ({ page }) => {
  const times = await breakOffTwice(page, /\/assets\/Health-[^/]+\.js$/);
  await page.goto("/settings?tab=health");
  await expect(page.locator("main td").first()).toBeVisible();
  expect(times()).toBe(3);
});

test("so does the console itself: its page is not left white", async ({ page }) => {
  const times = await breakOffTwice(page, /\/assets\/index-[^/]+\.js$/);
  await page.goto("/settings?tab=about");
  await expect(page.locator("main dl").first()).toBeVisible();
  expect(times()).toBe(3);
});
