/**
 * Every override of the Django admin, done once by clicking; each leaves an event with its actor, seen in the admin's
 * list of events and in the console's. Runs after the road, as the person the road has made.
 *
 * ORCHESTRA_IMAGE, ORCHESTRA_COMMAND   what runs until it is stopped, as for the road
 */
import { expect, type Page, test } from "@playwright/test";
import { logIn, PASSWORD, watch } from "./console";

const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "";
const COMMAND = process.env["ORCHESTRA_COMMAND"] ?? "";
const USER = process.env["ORCHESTRA_USER"] ?? "anna";
const TAG = Date.now().toString(36);
const HOSTS = "/admin/hosts/host/";
const CONTAINERS = "/admin/containers/container/?superseded__exact=0";
const START_MS = 60_000;
/** A tcp address of this machine where nobody listens. */
const NOBODY = "tcp://127.0.0.1:9";

const TABLES = [
  "hosts/host",
  "hosts/hosthold",
  "hosts/hostbooking",
  "containers/container",
  "containers/slot",
  "scheduler/decision",
  "scheduler/looprun",
  "events/event",
];

const PAGES = [
  "/api/v1/me",
  "/api/v1/projects",
  "/api/v1/projects/default/containers",
  "/api/v1/projects/default/members",
  "/api/v1/projects/default/registries",
  "/api/v1/hosts",
  "/api/v1/hosts/h1",
  "/api/v1/hosts/h1/usage",
  "/api/v1/events",
  "/api/v1/loops",
];

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  await logIn(page);
});
test.afterAll(async () => {
  await page.close();
});
test.afterEach(() => {
  expect(troubles).toEqual([]);
});

/** As the console asks: with the session, its CSRF token and a page of ours as the origin. */
async function api<T>(method: "get" | "post" | "delete", path: string, data?: object): Promise<T> {
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const headers = { "X-CSRFToken": csrf, Referer: page.url() };
  const answer = await page.request[method](`/api/v1${path}`, { headers, ...(data ? { data } : {}) });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return (answer.status() === 204 ? undefined : await answer.json()) as T;
}

/** Tick the row, choose the action, run it. */
async function act(list: string, row: string, action: RegExp): Promise<void> {
  await page.goto(list);
  await page.getByRole("row", { name: row }).getByRole("checkbox").check();
  const actions = page.getByRole("combobox", { name: "Action" });
  const label = await actions.locator("option").filter({ hasText: action }).innerText();
  await actions.selectOption({ label });
  await page.getByRole("button", { name: "Run", exact: true }).click();
}

async function told(words: string | RegExp): Promise<void> {
  await expect(page.getByText(words).first()).toBeVisible();
}

/** The newest event of this kind, in the admin and in the console: about `what`, by the person who clicked. */
async function recorded(kind: string, what: string): Promise<void> {
  await page.goto(`/admin/events/event/?q=${kind}`);
  const row = page.getByRole("row", { name: kind }).first();
  await expect(row).toContainText(`user:${USER}`);
  await expect(row).toContainText(what);
  await page.goto("/events");
  await page.getByLabel("Filter events").fill(`kind:${kind}`);
  const shown = page
    .getByRole("table", { name: "Events" })
    .getByRole("row")
    .filter({ hasText: kind })
    .first();
  await expect(shown).toContainText(USER);
  await expect(shown).toContainText(what);
}

async function run(name: string): Promise<string> {
  const command = COMMAND === "" ? {} : { command: COMMAND.split(" ") };
  const spec = { name, image: IMAGE, stop_grace: 1, ...command };
  const made = await api<{ slot: string }>("post", "/projects/default/containers", spec);
  await until(made.slot, "running");
  return made.slot;
}

async function until(slot: string, state: string): Promise<void> {
  await expect(async () => {
    const seen = await api<{ state: string }>("get", `/projects/default/containers/${slot}`);
    expect(seen.state).toBe(state);
  }).toPass({ timeout: START_MS });
}

async function shot(name: string): Promise<void> {
  const folder = process.env["ORCHESTRA_SHOTS"];
  if (folder) await page.screenshot({ path: `${folder}/admin-${name}.png` });
}

test("cordon and uncordon", async () => {
  await act(HOSTS, "h1", /^Cordon/);
  await told("cordoned: h1");
  await shot("cordoned");
  await recorded("host.cordoned", "h1");
  await act(HOSTS, "h1", /^Uncordon/);
  await told("uncordoned: h1");
  await recorded("host.uncordoned", "h1");
});

test("stop, retry and remove a container", async () => {
  const name = `admin-${TAG}`;
  const slot = await run(name);
  await act(CONTAINERS, name, /^Stop/);
  await told(`shall stop: ${name}`);
  await recorded("container.stop-asked", name);
  await until(slot, "stopped");
  await act(CONTAINERS, name, /^Restart/);
  await told(`shall start again: ${name}`);
  await recorded("container.created", name);
  await until(slot, "running");
  await act(CONTAINERS, name, /^Remove/);
  await told(`shall be removed: ${name}`);
  await recorded("container.remove-asked", name);
});

test("mark a host dead, after a page that says what follows", async () => {
  const name = `ghost-${TAG}`;
  await api("post", "/hosts", { name, url: NOBODY });
  await act(HOSTS, "h1", /^Mark dead/);
  await told("Refused: the engine of h1 answers");
  await expect(page.getByRole("button", { name: "Yes, they are dead" })).toHaveCount(0);
  await act(HOSTS, name, /^Mark dead/);
  await told("nothing runs on them any more");
  await told(`${name}: 0 replaced elsewhere`);
  await shot("mark-dead");
  await page.getByRole("button", { name: "Yes, they are dead" }).click();
  await told(`marked dead; ${name}`);
  await recorded("host.marked-dead", name);
  await api("delete", `/hosts/${name}`);
});

test("test and remove the credentials of a registry", async () => {
  const host = "127.0.0.1:9";
  const login = { host, username: "robot", password: "unused-by-anyone", force: true };
  await api("post", "/projects/default/registries", login);
  await act("/admin/containers/registry/", host, /^Test/);
  await told("tested; the answer stands in the list");
  await recorded("registry.tested", host);
  await act("/admin/containers/registry/", host, /^Remove/);
  await told("removed");
  await recorded("registry.removed", host);
});

test("revoke a token", async () => {
  const name = `admin-${TAG}`;
  await api("post", "/tokens", { name });
  await act("/admin/accounts/apitoken/", name, /^Revoke/);
  await told("revoked");
  await recorded("token.revoked", name);
});

test("the browsable API: log in, send a body from its form, and no page asks another site for anything", async ({
  browser,
}) => {
  const other = await browser.newPage();
  const own = watch(other);
  const strangers: string[] = [];
  other.on("request", (one) => {
    if (new URL(one.url()).origin !== new URL(page.url()).origin) strangers.push(one.url());
  });
  await other.goto("/api/v1/tokens");
  await other.getByRole("link", { name: "Log in" }).click();
  await other.getByLabel("Username").fill(USER);
  await other.getByLabel("Password").fill(process.env["ORCHESTRA_PASSWORD"] ?? PASSWORD);
  await other.getByRole("button", { name: "Log in" }).click();
  await expect(other).toHaveURL(/\/api\/v1\/tokens$/);
  const name = `page-${TAG}`;
  const content = other.getByRole("textbox", { name: "Content" });
  await expect(content).toHaveValue(/"expires_in_days": 90/);
  await content.fill(JSON.stringify({ name, role: "viewer" }));
  await other.getByRole("button", { name: "POST" }).click();
  await expect(other.getByText("HTTP 201 Created")).toBeVisible();
  await expect(other.getByText(`"name": "${name}"`)).toBeVisible();
  for (const path of PAGES) {
    await other.goto(path);
    await expect(other.getByText("HTTP 200 OK")).toBeVisible();
  }
  await other.goto("/api/v1/schema/docs/");
  await expect(other.getByText("runContainer").or(other.getByText("/api/v1/hosts")).first()).toBeVisible();
  await other.goto("/api/v1/me");
  await other.getByRole("button", { name: "Log out" }).click();
  await expect(other.getByLabel("Username")).toBeVisible();
  expect(strangers).toEqual([]);
  expect(own).toEqual([]);
  await other.close();
  await act("/admin/accounts/apitoken/", name, /^Revoke/);
});

test("every table is there to be looked at", async () => {
  await page.goto("/admin/");
  await shot("index");
  for (const table of TABLES) {
    await page.goto("/admin/");
    await page.locator(`#content a[href="/admin/${table}/"]`).first().click();
    await expect(page.getByRole("columnheader").first()).toBeVisible();
    await expect(page.getByRole("row")).not.toHaveCount(1);
    await shot(table.replace("/", "-"));
  }
});
