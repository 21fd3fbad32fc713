/**
 * The pages that show the whole: overview, palette, help, events, settings; each by keyboard, and accessible in both
 * themes. Needs an account and a host: ORCHESTRA_USER and ORCHESTRA_PASSWORD (those that the road makes, when left out).
 */
import { expect, test } from "@playwright/test";
import { expectMomentAccessible, logIn, watch } from "./console";

let troubles: string[];

test.beforeEach(async ({ page }) => {
  troubles = watch(page);
  await logIn(page);
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
});
test.afterEach(() => {
  expect(troubles).toEqual([]);
});

test("the overview gives a verdict, and the map has a list that says the same", async ({ page }) => {
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page.getByTestId("verdict").getByRole("heading")).toHaveText(/Healthy|Degraded/);
  await expect(page.getByRole("heading", { name: "Needs attention" })).toBeVisible();
  await expect(page.getByRole("img", { name: /hosts, \d+ failed/ }).first()).toBeVisible();
  await page.getByRole("radiogroup", { name: "Map or list" }).getByText("List").click();
  await expect(page).toHaveURL(/view=list/);
  await page.getByRole("region", { name: "Host map" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Conditions" })).toBeVisible();
});

test("Ctrl K finds a host by its name, and Enter opens it; Escape leaves", async ({ page }) => {
  const hosts = (await (await page.request.get("/api/v1/hosts?limit=1")).json()) as {
    results: { name: string }[];
  };
  const name = hosts.results[0]?.name ?? "";
  await page.keyboard.press("Control+k");
  const input = page.getByRole("combobox", { name: "Find anything" });
  await expect(input).toBeFocused();
  await input.fill(name);
  await expect(page.getByRole("option", { selected: true })).toContainText(name);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/hosts/${name}$`));
  await page.keyboard.press("Control+k");
  await expect(input).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(input).toBeHidden();
});

test("? shows the keyboard map", async ({ page }) => {
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toContainText("Ctrl K");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("an event comes in live, is found by the filter, and the filter is in the address", async ({ page }) => {
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  const table = page.getByRole("table", { name: "Events" });
  await expect(table.getByRole("cell", { name: "user.login" }).first()).toBeVisible();
  await page.getByLabel("Filter events").fill("kind:token.");
  await expect(page).toHaveURL(/kind/);
  const name = `live-${Date.now().toString(36)}`;
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const headers = { "X-CSRFToken": csrf, Referer: page.url() };
  const made = await page.request.post("/api/v1/tokens", { data: { name }, headers });
  expect(made.status()).toBe(201);
  await expect(table).toContainText(name);
  await page.getByLabel("Filter events").fill("");
  const { id } = (await made.json()) as { id: number };
  await page.request.delete(`/api/v1/tokens/${id}`, { headers });
});

test("a token is shown once and can be revoked", async ({ page }) => {
  const name = `face-${Date.now().toString(36)}`;
  await page.keyboard.press("g");
  await page.keyboard.press(",");
  await page.getByRole("tab", { name: "Tokens" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(page.getByTestId("token")).toHaveText(/\S{20,}/);
  await expectMomentAccessible(page, "settings-tokens");
  await page.reload();
  await expect(page.getByRole("cell", { name, exact: true })).toBeVisible();
  await expect(page.getByTestId("token")).toHaveCount(0);
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("cell", { name, exact: true })).toHaveCount(0);
});

test("Orchestra tells how its own loops do, and about itself", async ({ page }) => {
  await page.goto("/settings?tab=health");
  await expect(page.getByRole("cell").first()).toBeVisible();
  await page.getByRole("tab", { name: "About" }).click();
  await expect(page.getByRole("link", { name: "/api/v1/schema/", exact: true })).toBeVisible();
});
