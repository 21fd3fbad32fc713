/**
 * Pictures of every screen, in both themes and both languages, of a fleet that somebody has made lively (`make shots`).
 * Runs only when ORCHESTRA_SHOTS says where the pictures go.
 */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { logIn, putBrakeOn } from "./console";
import { open, SCREENS, type Sights } from "./screens";
import { shoot } from "./shoot";

const THEMES = ["light", "dark"] as const;
const LANGUAGES = ["en", "de"] as const;
/** So long a feed is listened to before the pictures: lines in plots are what this console has seen. */
const LISTEN_MS = Number(process.env["ORCHESTRA_SHOTS_LISTEN_MS"] ?? "60000");

test.skip((process.env["ORCHESTRA_SHOTS"] ?? "") === "", "ORCHESTRA_SHOTS says where the pictures go");
test.setTimeout(900_000);

interface Seen {
  name: string;
  slot: string;
  state: string;
  host: string | null;
}

async function sightsOf(page: Page): Promise<Sights> {
  const list = await page.request.get("/api/v1/projects/default/containers?limit=1000");
  const { results } = (await list.json()) as { results: Seen[] };
  const running = results.find(({ name, state }) => name.startsWith("shop-api") && state === "running");
  const pending = results.find(({ name, state }) => name.startsWith("analytics") && state === "pending");
  const services = await page.request.get("/api/v1/projects/default/services");
  const [service] = ((await services.json()) as { results: { id: string }[] }).results;
  if (!running?.host || !pending || !service)
    throw new Error("the fleet is not lively: `make shots` makes one that is");
  return { host: running.host, running: running.slot, pending: pending.slot, service: service.id };
}

async function newPage(browser: Browser, language: string): Promise<Page> {
  const page = await browser.newPage({
    baseURL: test.info().project.use.baseURL ?? "",
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  await page.addInitScript((word) => localStorage.setItem("orchestra.language", word), language);
  return page;
}

test("every screen, in both themes and both languages", async ({ browser }) => {
  const inside: Page[] = [];
  // One after the other: two logins of one person at once look like guessing.
  for (const language of LANGUAGES) {
    const page = await newPage(browser, "en");
    await logIn(page);
    await page.addInitScript((word) => localStorage.setItem("orchestra.language", word), language);
    await page.goto("/");
    inside.push(page);
  }
  const outside = await Promise.all(LANGUAGES.map((language) => newPage(browser, language)));
  const sights = await sightsOf(inside[0] ?? (outside[0] as Page));
  putBrakeOn(sights.host);
  await inside[0]?.waitForTimeout(LISTEN_MS);
  const missing: string[] = [];
  for (const [index, language] of LANGUAGES.entries()) {
    for (const screen of SCREENS) {
      const page = (screen.isOutside ? outside : inside)[index] as Page;
      try {
        await open(page, screen, sights, { isSoft: !screen.isOutside });
      } catch (error) {
        missing.push(`${screen.name} ${language}: ${String(error)}`);
      }
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", theme);
        await shoot(page, `${screen.name}-${theme}-${language}`);
      }
    }
  }
  expect(missing).toEqual([]);
});
