/**
 * The live rules before a large fleet that changes all the time: nothing moves under the pointer, a killed web process
 * and a lost frame heal without a reload, a hidden tab rests. What is shown afterwards is what the rows say.
 */
import { expect, type Page, test } from "@playwright/test";
import { watch } from "./console";
import {
  away,
  brand,
  CONTAINERS,
  enter,
  expectCounts,
  expectLive,
  pauseWriter,
  readSeq,
  resumeWriter,
  signalWeb,
  watchRows,
} from "./scale";

const HOLD_MS = Number(process.env["ORCHESTRA_HOLD_S"] ?? 5) * 1_000;

let troubles: string[];

test.beforeEach(async ({ page }) => {
  troubles = watch(page);
  await enter(page);
});
test.afterEach(async () => {
  await resumeWriter();
  // A socket that is cut is also logged by the browser: those are the tests' own.
  expect(troubles.filter((text) => !text.startsWith("WebSocket connection to"))).toEqual([]);
});

const rowIds = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll("[role=grid] [role=row][id]")].map((row) => row.id));

test("nothing moves under the pointer, and the selection stays with its row; R orders anew", async ({
  page,
}) => {
  await page.goto(`${CONTAINERS}?sort=-cpu_millis`);
  await expectLive(page);
  const grid = page.getByRole("grid");
  const box = await grid.boundingBox();
  if (!box) throw new Error("the list has no place");
  const point = { x: box.x + 300, y: box.y + 150 };
  await page.mouse.move(point.x, point.y);
  for (const key of "jjj") await page.keyboard.press(key);
  const selected = page.locator("[role=row][aria-selected=true]");
  await expect(selected).toHaveCount(1);
  const [held, chosen] = [await rowIds(page), await selected.getAttribute("id")];

  const seen = await watchRows(page, point, HOLD_MS);
  expect(seen.moves).toEqual([]);
  expect(seen.changes, "values go on changing in their places").toBeGreaterThan(0);

  const pill = page.getByRole("button", { name: /re-sort R/ });
  await expect(pill).toBeVisible();
  await page.keyboard.press("R");
  await expect.poll(() => rowIds(page)).not.toEqual(held);
  // Wherever it stands by now: it is the same one, or it is off the screen.
  const still = await selected.evaluateAll((rows) => rows.map((row) => row.id));
  expect(still.every((id) => id === chosen)).toBe(true);
});

test("the web process is killed: the page says so, keeps what it knows, and is right again by itself", async ({
  page,
}) => {
  await page.goto("/");
  await expectLive(page);
  await expect(page.getByTestId("verdict")).toContainText("containers", { timeout: 60_000 });
  const unchanged = await brand(page);
  const dot = page.getByTestId("live");
  const banner = page.getByRole("alert");

  await page.waitForLoadState("networkidle"); // a part of the page that is still on its way would be missing
  signalWeb("SIGSTOP");
  await expect(dot).toHaveAttribute("data-freshness", "stale");
  await expect(banner).toContainText(/stopped \d+ seconds? ago/);
  signalWeb("SIGKILL");
  await expect(dot).toHaveAttribute("data-freshness", "offline");
  await expect(page.getByTestId("verdict")).toContainText("containers");

  await expectLive(page);
  await expect(banner).toHaveCount(0);
  await expectCounts(page, await pauseWriter());
  await unchanged();
});

test("a frame is lost: it is noticed, and the counts are right", async ({ page }) => {
  let loses = false;
  let lost = 0;
  await page.routeWebSocket(/\/ws\/live$/, (route) => {
    const server = route.connectToServer();
    server.onMessage((message) => {
      if (loses && typeof message === "string" && /^.{0,20}"t":"d".*"containers".*"state"/.test(message)) {
        loses = false;
        lost += 1;
      } else route.send(message);
    });
  });
  await page.goto("/");
  await expectLive(page);
  const unchanged = await brand(page);
  loses = true;
  await expect.poll(() => lost).toBe(1);
  await expectCounts(page, await pauseWriter());
  await unchanged();
});

test("a hidden tab draws nothing, and is right on return", async ({ page }) => {
  await page.goto("/");
  await expectLive(page);
  await away(page);
  const setHidden = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  const shown = await readSeq(page);
  await expect.poll(() => readSeq(page)).toBeGreaterThan(shown);
  await setHidden(true);
  const drawn = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what was under way
    let count = 0;
    const watcher = new MutationObserver((changes) => (count += changes.length));
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    watcher.disconnect();
    return count;
  });
  expect(drawn).toBe(0);
  const truth = await pauseWriter();
  await setHidden(false);
  await expectCounts(page, truth);
});
