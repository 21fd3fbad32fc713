/**
 * The list of containers at work: the filter with its suggestions, saved views, ticks and verbs for many, the dock that
 * stays, and the project switch. Needs an account (those that the road makes, when left out). The steps stand on each
 * other.
 */
import { expect, type Page, test } from "@playwright/test";
import { call, expectMomentAccessible, logIn, removeAll, servingSpec, waitingSpec, watch } from "./console";

const TAG = Date.now().toString(36);
const WAITING = ["one", "three", "two"].map((word) => `${word}-${TAG}`);
const SERVING = `log-${TAG}`;
const PROJECT = `lists-${TAG}`;
const START_MS = 60_000;

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  await logIn(page);
  await call(page, "POST", "/projects/default/containers", servingSpec(SERVING));
  for (const name of WAITING) await call(page, "POST", "/projects/default/containers", waitingSpec(name));
});
test.afterAll(async () => {
  await removeAll(page, TAG);
  await page.close();
});
test.afterEach(() => {
  expect(troubles).toEqual([]);
});

const filter = () => page.getByRole("combobox", { name: "Filter containers" });
const rows = () => page.getByRole("row", { name: new RegExp(TAG) });
const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
const dock = () => page.getByRole("region", { name: "Dock" });

test("the filter offers keys and values, says what is wrong, and shows what is no longer there", async () => {
  await filter().click();
  await page.keyboard.type("sta");
  await expect(page.getByRole("option").first()).toHaveText(/^state:/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(filter()).toHaveValue("state:");
  await page.keyboard.type("pend");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { selected: true })).toHaveText(/^state:pending\d+$/);
  await expectMomentAccessible(page, "lists-suggestions");
  await page.keyboard.press("Tab");
  await expect(filter()).toHaveValue("state:pending ");
  await page.keyboard.type(`${TAG} `);
  await expect(rows()).toHaveCount(3);
  await page.keyboard.type("hots:h9 host:h9");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("note")).toContainText("“hots” is no key");
  await expect(page.getByRole("note")).toContainText("Was host meant?");
  await expectMomentAccessible(page, "lists-notes");
  await filter().fill(`state:pending ${TAG} host:h9`);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Without host:h9: 3" })).toBeVisible();
  await page.getByRole("button", { name: /^host:h9 .*Take it out/ }).click();
  await expect(filter()).toHaveValue(`state:pending ${TAG}`);
  await expect(rows()).toHaveCount(3);
});

test("a view is saved, found after a reload, renamed and deleted", async () => {
  const menu = () => page.getByRole("button", { name: /^Views/ });
  await menu().click();
  await page.getByRole("menuitem", { name: "Save and edit views…" }).click();
  await page.getByRole("textbox", { name: "Save what is shown as" }).fill("Mine");
  await expectMomentAccessible(page, "lists-views");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(menu()).toHaveText("Mine");
  await menu().click();
  await page.getByRole("menuitem", { name: "Most CPU" }).click();
  await expect(page).toHaveURL(/sort=-cpu_millis/);
  await expect(filter()).toHaveValue("");
  await page.reload();
  await menu().click();
  await expectMomentAccessible(page, "lists-views-menu");
  await page.getByRole("menuitem", { name: "Mine" }).click();
  await expect(filter()).toHaveValue(`state:pending ${TAG}`);
  await menu().click();
  await page.getByRole("menuitem", { name: "Save and edit views…" }).click();
  await page.getByRole("textbox", { name: "Name of Mine" }).fill("Ours");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name of Ours" })).toBeVisible();
  await page.getByRole("button", { name: "Delete Ours" }).click();
  await expect(page.getByText("No views of your own yet.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu()).toHaveText("Views");
});

test("ticked by keys and by checkbox; each verb says for how many it is, and why not for the others", async () => {
  await filter().fill(TAG);
  await page.keyboard.press("Enter");
  await expect(rows()).toHaveCount(4);
  const bar = page.getByRole("region", { name: "Ticked containers" });
  await row(WAITING[0] ?? "")
    .getByRole("checkbox")
    .check();
  await expect(bar).toContainText("1 ticked");
  await bar.getByRole("button", { name: "Stop 1" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("Stop: 1 done");
  await expect(row(WAITING[0] ?? "")).toContainText("cancelled");
  // Off the button: its tooltip would take the first Escape.
  await page.mouse.move(700, 20);
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await expect(filter()).toHaveValue(TAG);
  await page.getByRole("grid").press("Home");
  for (const key of ["x", "Shift+J", "Shift+J", "Shift+J"]) await page.keyboard.press(key);
  await expect(bar).toContainText("4 ticked");
  await expect(bar.getByRole("button", { name: "Stop 3" })).toBeVisible();
  await expect(bar).toContainText("Stop leaves out: 1 × It does not run");
  await page.keyboard.press("Shift+K");
  await expect(bar).toContainText("3 ticked");
  await page.getByRole("checkbox", { name: "Tick all shown" }).check();
  await expect(bar).toContainText("4 ticked");
  await expectMomentAccessible(page, "lists-ticked");
  await row(SERVING).getByRole("checkbox").uncheck();
  await expect(bar).toContainText("3 ticked");
});

test("removing many names them first; they stay struck through until somebody moves on", async () => {
  const bar = page.getByRole("region", { name: "Ticked containers" });
  await bar.getByRole("button", { name: "Remove 3" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove 3 containers?" });
  for (const name of WAITING) await expect(dialog).toContainText(name);
  await expect(dialog).not.toContainText(SERVING);
  await expectMomentAccessible(page, "lists-remove");
  await dialog.getByRole("button", { name: "Remove 3" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("Remove: 3 done");
  for (const name of WAITING) await expect(row(name)).toHaveAttribute("data-gone", "true");
  await page.getByRole("region", { name: "Result" }).getByRole("button", { name: "Close" }).click();
  await page.mouse.move(700, 20); // where the result was is the list now
  await expect(rows()).toHaveCount(1);
});

test("a log in the dock stays wherever one goes, folds, grows by keys, and closes", async () => {
  await expect(row(SERVING)).toContainText("running", { timeout: START_MS });
  await row(SERVING)
    .getByRole("button", { name: `Log of ${SERVING} in the dock` })
    .click();
  const log = dock().getByRole("log", { name: `Log of ${SERVING}` });
  await expect(log).toContainText(/\S/);
  await page.getByRole("link", { name: "Overview g o" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  await expect(log).toContainText(/\S/);
  await expectMomentAccessible(page, "lists-dock");
  const divider = page.getByRole("separator", { name: "Height of the dock" });
  const before = Number(await divider.getAttribute("aria-valuenow"));
  await divider.press("ArrowUp");
  await expect(divider).toHaveAttribute("aria-valuenow", String(before + 24));
  await page.reload();
  await expect(log).toContainText(/\S/);
  await dock()
    .getByRole("button", { name: `Close the log of ${SERVING}` })
    .click();
  await expect(dock()).toBeHidden();
});

test("scrolling up in a log pauses it and counts what is new; the end follows again", async () => {
  await page.getByRole("link", { name: "Containers g c" }).click();
  await page.getByRole("grid").focus();
  await row(SERVING).getByRole("link", { name: SERVING }).click();
  await page.getByRole("tab", { name: "Logs" }).click();
  const following = page.getByRole("button", { name: "Following" });
  await following.click();
  const paused = page.getByRole("button", { name: /Paused · \d+ new/ });
  await expect(paused).toBeVisible();
  await paused.click();
  await expect(following).toBeVisible();
  await page.getByRole("combobox", { name: "From when on" }).selectOption("15m");
  await page.getByRole("button", { name: "Wrap long lines" }).click();
  await expect(page).toHaveURL(/since=15m/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save what is shown as a file" }).click();
  expect((await download).suggestedFilename()).toBe(`${SERVING}.log`);
  await page.mouse.move(700, 20); // away from the tooltip
  await expectMomentAccessible(page, "lists-log");
});

test("the project switch scopes everything, and Back leads to the project from before", async () => {
  await call(page, "POST", "/projects", { name: PROJECT });
  const current = (name: string) => page.getByRole("button", { name: `Project ${name}`, exact: true });
  await page.getByRole("link", { name: "Containers g c" }).click();
  await current("default").click();
  await page.getByRole("option", { name: new RegExp(PROJECT) }).click();
  await expect(page).toHaveURL(new RegExp(`/p/${PROJECT}/containers`));
  await expect(page.getByText("No containers yet")).toBeVisible();
  await page.goBack();
  await expect(current("default")).toBeVisible();
  await expect(row(SERVING)).toBeVisible();
  await page.getByRole("link", { name: "Overview g o" }).click();
  await current("default").click();
  await expectMomentAccessible(page, "lists-projects");
  await page.getByRole("option", { name: new RegExp(PROJECT) }).click();
  await expect(current(PROJECT)).toBeVisible();
  await page.goBack();
  await expect(current("default")).toBeVisible();
  await page.goForward();
  await expect(current(PROJECT)).toBeVisible();
  await page.goBack();
});
