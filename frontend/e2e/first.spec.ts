/**
 * The first minutes of an installation: the first admin's link, every page while there is nothing yet, the first hosts
 * added by hand, and how they turn ready while one looks on.
 *
 * ORCHESTRA_FIRST_ADMIN   the token of a fresh first-admin link; left out: this was done before
 * ORCHESTRA_HOSTS         the hosts to add: [{name, url, labels, ca, cert, key}]
 */
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, PASSWORD, watch } from "./console";
import { shoot } from "./shoot";

interface NewHost {
  name: string;
  url: string;
  labels: string;
  ca: string;
  cert: string;
  key: string;
}

const TOKEN = process.env["ORCHESTRA_FIRST_ADMIN"] ?? "";
const HOSTS = JSON.parse(process.env["ORCHESTRA_HOSTS"] ?? "[]") as NewHost[];

const START_MS = 60_000;
/** What no other test stands on: a run that only needs the account and the hosts may leave it out. */
const EMPTY = { tag: "@empty" };

test.skip(TOKEN === "" || HOSTS.length === 0, "an installation that somebody has already");
test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
});
test.afterAll(() => page.close());
test.afterEach(() => {
  expect(troubles).toEqual([]);
});

test("the first admin's link makes the account and leads in", async () => {
  await page.goto(`/first-admin#token=${encodeURIComponent(TOKEN)}`);
  await expectAccessible(page, "first-admin");
  await page.getByRole("textbox", { name: "User name", exact: true }).fill("anna");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await shoot(page, "tour-first-admin");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live", { timeout: START_MS });
});

test("without a host every page says that there is nothing, and what to do", EMPTY, async () => {
  const pages = [
    ["/", "No hosts yet", "Add host"],
    ["/hosts", "No hosts yet", "Add host"],
    ["/p/default/containers", "No containers yet", "Add host"],
    ["/settings?tab=tokens", "No tokens yet", "Make the token"],
  ] as const;
  for (const [path, words, next] of pages) {
    await page.goto(path);
    const main = page.getByRole("main");
    await expect(main.getByRole("heading", { name: words })).toBeVisible();
    const way = main.getByRole("button", { name: next }).or(main.getByRole("link", { name: next }));
    await expect(way.first()).toBeVisible();
    await expectAccessible(page, `empty ${path}`);
  }
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No hosts yet" })).toBeVisible();
  await shoot(page, "tour-no-hosts");
});

test("a host is added by hand, and turns ready while one looks on", async () => {
  for (const [index, host] of HOSTS.entries()) {
    await page.goto("/hosts?add=true");
    const dialog = page.getByRole("dialog", { name: "Add host" });
    await dialog.getByLabel("Name", { exact: true }).fill(host.name);
    await dialog.getByLabel("Engine URL").fill(host.url);
    await dialog.getByLabel("Labels").fill(host.labels);
    if (index === 0) await shoot(page, "tour-add-host");
    await dialog.getByLabel("CA certificate").fill(host.ca);
    await dialog.getByLabel("Client certificate").fill(host.cert);
    await dialog.getByLabel("Client key").fill(host.key);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("row", { name: new RegExp(host.name) })).toContainText("ready", {
      timeout: START_MS,
    });
  }
});

test("with a host and nothing on it, the pages lead to the first container", EMPTY, async () => {
  for (const path of ["/", "/p/default/containers"]) {
    await page.goto(path);
    const main = page.getByRole("main");
    await expect(main.getByRole("heading", { name: "No containers yet" })).toBeVisible();
    await expect(main.getByRole("link", { name: "Run a container" }).first()).toBeVisible();
  }
  await expectAccessible(page, "no containers");
  await page.goto("/p/default/containers?q=state:failed");
  await expect(page.getByRole("heading", { name: "No containers yet" })).toBeVisible();
});
