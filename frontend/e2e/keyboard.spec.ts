/**
 * By keyboard alone, from the login on: find a container, look at it beside the list, read its log, see why it is
 * there, restart it and see it running again. No call of the mouse stands in this file.
 */
import { expect, test } from "@playwright/test";
import { call, expectMomentAccessible, PASSWORD, removeAll, servingSpec, watch } from "./console";

const TAG = Date.now().toString(36);
const NAME = `keys-${TAG}`;
const START_MS = 60_000;

test("find, read, ask why, restart: without a mouse", async ({ page }) => {
  const troubles = watch(page);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await test.step("log in", async () => {
    await page.goto("/login");
    await expect(page.getByRole("textbox", { name: "User name" })).toBeFocused();
    await page.keyboard.type(process.env["ORCHESTRA_USER"] ?? "anna");
    await press("Tab");
    await page.keyboard.type(process.env["ORCHESTRA_PASSWORD"] ?? PASSWORD);
    await press("Enter");
    await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
  });
  await call(page, "POST", "/projects/default/containers", servingSpec(NAME));

  await test.step("the help names the keys, and Escape leaves it", async () => {
    await press("?");
    const help = page.getByRole("dialog", { name: "Keyboard" });
    await expect(help).toContainText("Look without leaving");
    await press("Escape");
    await expect(help).toBeHidden();
  });

  await test.step("the list: filter, select, peek, and back", async () => {
    await press("g", "c", "/");
    await page.keyboard.type(NAME);
    await press("Enter");
    const row = page.getByRole("row", { name: new RegExp(NAME) });
    await expect(row).toContainText("running", { timeout: START_MS });
    await press("j");
    await expect(row).toHaveAttribute("aria-selected", "true");
    await press(" ");
    const peek = page.getByRole("complementary", { name: "Beside the list" });
    await expect(peek.getByRole("heading", { name: NAME })).toBeVisible();
    await expect(page).toHaveURL(/peek=/);
    await expectMomentAccessible(page, "keys-peek");
    await press("Escape");
    await expect(peek).toBeHidden();
    await press("w");
    await expect(page.getByRole("tab", { name: "Why here" })).toHaveAttribute("aria-selected", "true");
    await press("Escape");
    await expect(page.getByLabel("Filter containers")).toHaveValue(NAME);
  });

  await test.step("Ctrl K finds it; its log is read and searched", async () => {
    await press("Control+k");
    await page.keyboard.type(NAME);
    await expect(page.getByRole("option", { selected: true })).toContainText(NAME);
    await press("Enter");
    await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
    // By another tab: the log's filter comes into the page long after the page's own keys, and Escape is still its own.
    await press("w", "l");
    const log = page.getByRole("log", { name: `Log of ${NAME}` });
    await expect(log).toContainText(/\S/);
    await press("/");
    await page.keyboard.type("no such words");
    await expect(log).toContainText("No line fits");
    await expect(page).toHaveURL(/find=/);
    await press("Escape", "Escape");
    await expect(log).toContainText(/\d\d:\d\d:\d\d/);
  });

  await test.step("why it is there", async () => {
    await press("w");
    await expect(page.getByText(/On \S+: \d+ of \d+ hosts fitted/)).toBeVisible();
    await expect(page).toHaveURL(/tab=why/);
  });

  await test.step("it is restarted by its actions, and runs again", async () => {
    await press(".");
    const actions = page.getByRole("dialog", { name: `Actions of ${NAME}` });
    await expect(actions.getByRole("button", { name: "Restart" })).toBeFocused();
    await expectMomentAccessible(page, "keys-actions");
    await press("ArrowDown", "ArrowUp", "Enter");
    await expect(actions).toBeHidden();
    await expect(page.getByText("attempt 2", { exact: true })).toBeVisible({ timeout: START_MS });
    await expect(page.locator("h1 + span", { hasText: "running" })).toBeVisible({ timeout: START_MS });
  });

  await test.step("the dock by keys: open, fold, leave", async () => {
    await press("L");
    const dock = page.getByRole("region", { name: "Dock" });
    await expect(dock.getByRole("tab", { name: new RegExp(NAME) })).toBeVisible();
    await press("D");
    await expect(dock.getByRole("log")).toBeHidden();
    await press("D");
    await expect(dock.getByRole("tab", { name: new RegExp(NAME) })).toBeFocused();
    await press("Delete");
    await expect(dock).toBeHidden();
  });
  await removeAll(page, TAG);
  expect(troubles).toEqual([]);
});
