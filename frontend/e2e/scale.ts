/** What the tests before a large fleet share: the writer's and the web process's strings, and looks at the list. */
import { expect, type Page } from "@playwright/test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSWORD } from "./console";

const FOLDER = process.env["ORCHESTRA_SCALE"] ?? ".";
export const CONTAINERS = "/p/default/containers";

type Counts = Record<string, number>;

/** The web process: somebody else starts it again when it has ended. */
export function signalWeb(name: NodeJS.Signals): void {
  process.kill(Number(readFileSync(join(FOLDER, "web.pid"), "utf8")), name);
}

/** The writer rests; how many containers there are in each state, by the rows. */
export async function pauseWriter(): Promise<Counts> {
  writeFileSync(join(FOLDER, "pause"), "");
  while (!existsSync(join(FOLDER, "truth.json"))) await sleep(50);
  return JSON.parse(readFileSync(join(FOLDER, "truth.json"), "utf8")) as Counts;
}

export async function resumeWriter(): Promise<void> {
  rmSync(join(FOLDER, "pause"), { force: true });
  while (existsSync(join(FOLDER, "truth.json"))) await sleep(50);
}

/** How many changes the writer has made so far, and when it said so. */
export function readPace(): { changes: number; at_s: number } {
  return JSON.parse(readFileSync(join(FOLDER, "pace.json"), "utf8")) as { changes: number; at_s: number };
}

/** Logged in by the API: the page itself is not loaded yet. */
export async function enter(page: Page): Promise<void> {
  await page.goto("/login");
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const base = new URL(page.url()).origin;
  const answer = await page.request.post(`${base}/api/v1/login`, {
    data: { username: "anna", password: PASSWORD },
    headers: { "X-CSRFToken": csrf, Origin: base, Referer: `${base}/` },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

export async function expectLive(page: Page): Promise<void> {
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live", { timeout: 30_000 });
}

/** The pointer rests where it holds nothing. */
export const away = (page: Page) => page.mouse.move(100, 600);

/** A page that was loaded anew forgets this. */
export async function brand(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => ((window as { brand?: boolean }).brand = true));
  return async () =>
    expect(await page.evaluate(() => (window as { brand?: boolean }).brand), "the page was loaded anew").toBe(
      true,
    );
}

/** Frames that came so far: the number beside the live dot. */
export async function readSeq(page: Page): Promise<number> {
  return Number((await page.getByTestId("live").innerText()).split("#").at(-1));
}

/** The figures of the overview are what the rows say. Call while the writer rests. */
export async function expectCounts(page: Page, truth: Counts): Promise<void> {
  const figure = (word: string) => page.getByRole("link", { name: new RegExp(`^${word} [\\d,]+$`) });
  const wanted = { ...truth, failed: (truth["failed"] ?? 0) + (truth["lost"] ?? 0) } as Counts;
  for (const word of ["running", "starting", "pending", "restarting", "unhealthy", "failed", "unknown"]) {
    await expect(figure(word)).toHaveText(`${word}${(wanted[word] ?? 0).toLocaleString("en")}`);
  }
  const all = Object.values(truth).reduce((sum, count) => sum + count, 0);
  await expect(page.getByTestId("verdict")).toContainText(`${all.toLocaleString("en")} containers`);
}

interface Seen {
  /** Times at which the rows on screen, their places or the row under the point were different from the first look. */
  moves: string[];
  /** Cells whose text changed in place. */
  changes: number;
}

/** Looks at the rows on screen at every frame for a while. */
export function watchRows(page: Page, point: { x: number; y: number }, hold_ms: number): Promise<Seen> {
  return page.evaluate(
    async ({ x, y, hold_ms: ms }) => {
      const rows = () => [...document.querySelectorAll("[role=grid] [role=row][id]")];
      const look = () =>
        [
          ...rows().map((row) => `${row.id} ${row.getBoundingClientRect().top}`),
          document.elementFromPoint(x, y)?.closest("[role=row]")?.id,
          document.querySelector("[role=row][aria-selected=true]")?.id,
        ].join("\n");
      const [first, began] = [look(), performance.now()];
      const seen: Seen = { moves: [], changes: 0 };
      const watcher = new MutationObserver((changes) => (seen.changes += changes.length));
      for (const row of rows()) watcher.observe(row, { characterData: true, subtree: true });
      while (performance.now() - began < ms) {
        await new Promise(requestAnimationFrame);
        if (look() !== first) seen.moves.push(`${Math.round(performance.now() - began)} ms`);
      }
      watcher.disconnect();
      return seen;
    },
    { ...point, hold_ms },
  );
}
