/**
 * The live rules: a lost frame, silence and a cut socket heal without a reload; the list does not move under the
 * pointer. The socket runs through a wire of ours that can lose and hold frames. Needs an account: ORCHESTRA_USER and
 * ORCHESTRA_PASSWORD (those that the road makes, when left out).
 */
import { expect, type Page, test, type WebSocketRoute } from "@playwright/test";
import { logIn, watch } from "./console";

const TAG = Date.now().toString(36);
/** Asks for more than any host has: it waits for ever and costs nothing. */
const WAITING = { image: process.env["ORCHESTRA_IMAGE"] ?? "busybox:1", resources: { memory: "60t" } };

class Wire {
  holds = false;
  losesNext = false;
  lost = 0;
  private routes: { page: WebSocketRoute; server: WebSocketRoute }[] = [];

  async install(page: Page): Promise<void> {
    await page.routeWebSocket(/\/ws\/live$/, (route) => {
      const server = route.connectToServer();
      this.routes.push({ page: route, server });
      route.onMessage((message) => server.send(message));
      server.onMessage((message) => {
        if (this.holds) return;
        if (this.losesNext && typeof message === "string" && /"t":"(d|add)".*"containers"/.test(message)) {
          this.losesNext = false;
          this.lost += 1;
          return;
        }
        route.send(message);
      });
    });
  }

  async cut(): Promise<void> {
    const last = this.routes.at(-1);
    await last?.page.close({ code: 1012 });
    await last?.server.close();
  }
}

let wire: Wire;
let troubles: string[];

test.beforeEach(async ({ page }) => {
  wire = new Wire();
  troubles = watch(page);
  await wire.install(page);
  await logIn(page);
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
});
test.afterEach(async ({ page }) => {
  const list = await page.request.get("/api/v1/projects/default/containers?limit=1000");
  const { results } = (await list.json()) as { results: { slot: string; name: string }[] };
  for (const one of results.filter((found) => found.name.endsWith(TAG)))
    await post(page, `/${one.slot}/remove`, {});
  expect(troubles).toEqual([]);
});

async function post(page: Page, path: string, data: object): Promise<void> {
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const base = new URL(page.url()).origin;
  const answer = await page.request.post(`${base}/api/v1/projects/default/containers${path}`, {
    data,
    headers: { "X-CSRFToken": csrf, Origin: base, Referer: `${base}/` },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

async function run(page: Page, word: string): Promise<string> {
  const name = `${word}-${TAG}`;
  await post(page, "", { ...WAITING, name });
  return name;
}

const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

/** The pointer rests where it holds nothing. */
const away = (page: Page) => page.mouse.move(100, 600);

test("a lost frame is noticed, and the fleet is right again without a reload", async ({ page }) => {
  await away(page);
  wire.losesNext = true;
  const name = await run(page, "lost");
  await expect(row(page, name)).toBeVisible();
  expect(wire.lost).toBe(1);
});

test("silence turns the picture stale, says since when, and a frame makes it live again", async ({
  page,
}) => {
  wire.holds = true;
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "stale");
  await expect(page.getByRole("alert")).toContainText(/stopped \d+ seconds? ago/);
  const name = await run(page, "silent");
  wire.holds = false;
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await away(page);
  await expect(row(page, name)).toBeVisible();
});

test("a cut socket comes back by itself, with what happened meanwhile", async ({ page }) => {
  await away(page);
  await wire.cut();
  await expect(page.getByRole("alert")).toContainText("Live updates stopped");
  const name = await run(page, "cut");
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
  await expect(row(page, name)).toBeVisible();
});

test("nothing moves under the pointer; R orders anew", async ({ page }) => {
  await away(page);
  const first = await run(page, "held-b");
  await expect(row(page, first)).toBeVisible();
  await page.getByRole("grid").hover();
  const second = await run(page, "held-a");
  const pill = page.getByRole("button", { name: /re-sort R/ });
  await expect(pill).toBeVisible();
  await expect(row(page, second)).toHaveCount(0);
  await page.keyboard.press("R");
  await expect(row(page, second)).toBeVisible();
  await expect(pill).toHaveCount(0);
});

test("a row that goes stays, struck through, while the pointer is there", async ({ page }) => {
  await away(page);
  const name = await run(page, "gone");
  await expect(row(page, name)).toBeVisible();
  const link = await row(page, name).getByRole("link", { name }).getAttribute("href");
  await page.getByRole("grid").hover();
  await post(page, `/${link?.split("/").at(-1)}/remove`, {});
  await expect(row(page, name)).toHaveAttribute("data-gone", "true");
  await away(page);
  await expect(row(page, name)).toHaveCount(0);
});

test("the keyboard finds, opens and returns", async ({ page }) => {
  await away(page);
  const name = await run(page, "keys");
  await expect(row(page, name)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await page.keyboard.press("w");
  await expect(page.getByRole("tab", { name: "Why not placed" })).toHaveAttribute("aria-selected", "true");
  expect(page.url()).toContain("tab=why");
  await page.goBack();
  await expect(page.getByLabel("Filter containers")).toHaveValue(name);
});
