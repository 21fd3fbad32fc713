/** The rules of live data that hang on the feed: silence is said, a cut heals, a tail follows, calm is kept. */
import { expect, type Page } from "@playwright/test";
import { away, expectLive, openContainer, openList, row, test } from "./fixtures";

const dot = (page: Page) => page.getByTestId("live");

test("silence is said within seconds: dot, banner with its age, dimmed data, and on what ends things", async ({
  page,
  api,
  wire,
}) => {
  const made = await api.run("silent", "wait");
  await openContainer(page, made);
  const verbs = ["Stop", "Restart", "Remove"].map((name) => page.getByRole("button", { name }));
  for (const verb of verbs) await expect(verb).not.toContainText("old");
  wire.holds = true;
  await expect(dot(page)).toHaveAttribute("data-freshness", "stale");
  const banner = page.getByRole("alert");
  await expect(banner).toContainText(/stopped \d+ seconds ago/);
  const age = await banner.innerText();
  await expect(banner, "the age goes on").not.toHaveText(age);
  await expect(page.locator("main > div").last()).toHaveCSS("filter", /saturate/);
  await expect(page.locator("h1 + span")).toHaveText("running");
  for (const verb of verbs) await expect(verb).toContainText(/state is \d+ s old/);
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("dialog")).toContainText(/The state shown is \d+ seconds old/);
  await page.keyboard.press("Escape");
  await api.ask(made, "stop");
  await expect(page.locator("h1 + span"), "the last known state stays").toHaveText("running");
  wire.holds = false;
  await expectLive(page);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator("h1 + span")).toHaveText("stopped");
  for (const verb of verbs) await expect(verb).not.toContainText("old");
});

test("a cut socket is tried again, each time later, and heals without a reload", async ({
  page,
  api,
  wire,
}) => {
  let loads = 0;
  await openList(page);
  await away(page);
  page.on("load", () => (loads += 1));
  const before = wire.connectedAt.length;
  wire.refuses = true;
  await wire.cut();
  await expect(dot(page)).toHaveAttribute("data-freshness", "offline");
  await expect.poll(() => wire.connectedAt.length - before).toBe(4);
  const tries = wire.connectedAt.slice(before);
  const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  // Twice as long each time, less up to half by chance: 0.5-1, 1-2, 2-4 seconds after the first try.
  for (const [index, least] of [450, 950, 1_950].entries()) expect(gaps[index]).toBeGreaterThan(least);
  const made = await api.wait("meanwhile");
  wire.refuses = false;
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await expectLive(page);
  await expect(row(page, made)).toBeVisible();
  expect(loads).toBe(0);
});

test("a lost frame is noticed, and the fleet is right again without a word", async ({ page, api, wire }) => {
  await openList(page);
  await away(page);
  wire.losesNext = true;
  const made = await api.wait("lost");
  await expect(row(page, made)).toBeVisible();
  expect(wire.lost).toBe(1);
  await expectLive(page);
});

test("a list that is held from its start, with a container beside it, shows how things stand now", async ({
  page,
  api,
}) => {
  await openList(page); // and the server keeps its picture of now for the next who comes
  const made = await api.wait("beside");
  await expect(row(page, made)).toBeVisible();
  await openList(page, `&peek=${made.slot}`);
  await expect(page.getByRole("complementary", { name: "Beside the list" })).toBeVisible();
  await expect(row(page, made)).toBeVisible();
});

test("a tail follows only at its end; scrolled up it stands still and counts what is new", async ({
  page,
  api,
}) => {
  const made = await api.run("tail", "tick");
  await openContainer(page, made, "logs");
  const log = page.getByRole("log");
  const rest = () => log.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
  await expect.poll(() => log.evaluate((one) => one.scrollHeight > one.clientHeight + 200)).toBe(true);
  await expect.poll(rest).toBeLessThan(24);
  await expect(page.getByText("Following")).toBeVisible();
  await log.hover();
  await page.mouse.wheel(0, -150);
  const paused = page.getByRole("button", { name: /Paused · \d+ new/ });
  await expect(paused).toBeVisible();
  const top = await log.evaluate((one) => one.scrollTop);
  await expect(paused).toHaveText(/Paused · ([5-9]|\d\d+) new/);
  expect(await log.evaluate((one) => one.scrollTop)).toBe(top);
  await paused.click();
  await expect(page.getByText("Following")).toBeVisible();
  await expect.poll(rest).toBeLessThan(24);
});

test("a list is one tab stop, and says its size, its places and which row is meant", async ({
  page,
  api,
}) => {
  await page.setViewportSize({ width: 1440, height: 420 });
  const made = await Promise.all(Array.from({ length: 16 }, (_, n) => api.wait(`stop-${n + 10}`)));
  await openList(page, "&sort=name");
  const grid = page.getByRole("grid", { name: "Containers" });
  await expect(grid).toHaveAttribute("aria-rowcount", "17");
  await page.getByLabel("Filter containers").focus();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(grid).toBeFocused({ timeout: 100 });
  }).toPass();
  await page.keyboard.press("End");
  const last = row(page, made[15] ?? { name: "", slot: "" });
  await expect(last).toHaveAttribute("aria-rowindex", "17");
  await expect(grid).toHaveAttribute("aria-activedescendant", (await last.getAttribute("id")) ?? "none");
  await page.keyboard.press("Tab");
  await expect(grid).not.toBeFocused();
  expect(await grid.evaluate((one) => one.contains(document.activeElement))).toBe(false);
});

test.describe("by a clock of ours", () => {
  test.use({ isNew: true }); // a clock is a whole browser's

  test("a count is said aloud at once, and then at most every ten seconds", async ({ page, api, wire }) => {
    await page.clock.install();
    await openList(page);
    await away(page);
    // From here on time goes only where the test lets it.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
    const said = page.getByRole("status").filter({ hasText: / of / });
    const add = async (word: string, count: RegExp): Promise<void> => {
      const { name } = await api.wait(word);
      await expect.poll(() => wire.carried(name)).toBe(true);
      await expect(async () => {
        await page.clock.runFor(100);
        await expect(page.getByTestId("count")).toHaveText(count, { timeout: 200 });
      }).toPass();
    };
    await add("said-a", /^1 of/);
    await expect(async () => {
      await page.clock.runFor(500);
      await expect(said).toHaveText(/^1 of/, { timeout: 200 });
    }, "within ten seconds of what was said before").toPass();
    await add("said-b", /^2 of/);
    await add("said-c", /^3 of/);
    await expect(said).toHaveText(/^1 of/);
    await page.clock.runFor(10_000);
    await expect(said, "what is true by then").toHaveText(/^3 of/);
  });
});

test("a hidden tab keeps its socket and draws nothing; shown again it is right at once", async ({
  page,
  api,
  wire,
}) => {
  const made = await api.run("hidden", "tick");
  await openContainer(page, made, "logs");
  await expect(page.getByRole("log")).toContainText("tick");
  await hide(page, true);
  const frames = wire.passed;
  await api.ask(made, "stop");
  await expect.poll(() => wire.passed - frames).toBeGreaterThan(3);
  await page.waitForTimeout(1_000); // four ticks in which it could have drawn
  expect(await page.evaluate(() => (globalThis as unknown as { drawn: string[] }).drawn)).toEqual([]);
  await expect(page.locator("h1 + span")).not.toHaveText("stopped");
  await hide(page, false);
  await expect(page.locator("h1 + span")).toHaveText("stopped");
});

/** As if another tab were in front. Counts what is drawn while it is. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(async (hidden) => {
    const drawn: string[] = [];
    Object.assign(globalThis, { drawn });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
    if (!hidden) return;
    // What was being drawn already is none of it.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const watcher = new MutationObserver((changes) => {
      if (document.hidden) drawn.push(...changes.map((one) => `${one.type} ${one.target.textContent ?? ""}`));
    });
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    watcher.observe(document.body, everything);
  }, isHidden);
}
