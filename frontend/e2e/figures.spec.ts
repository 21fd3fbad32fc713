/**
 * How long the console takes before a large fleet, and what it costs. Judged by nobody here: the figures are written to
 * the folder of the writer's control, as one JSON line each.
 */
import { type Browser, type BrowserContext, type CDPSession, type Page, test } from "@playwright/test";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { away, CONTAINERS, enter, expectLive, readPace } from "./scale";

const FOLDER = process.env["ORCHESTRA_SCALE"] ?? ".";
const LOAD = process.env["ORCHESTRA_LOAD"] ?? "";
const BUSY_S = Number(process.env["ORCHESTRA_BUSY_S"] ?? 20);
const LOADS = 4;
const ROUNDS = 6; // of few clicks the 95 of 100 would be the worst one
const QUERIES = ["shop-web", "h-0231", "state:failed", "cpu>20", "billing -state:running"];
const HEADS = ["Name", "Host", "CPU", "Memory", "Image", "Age", "State"];

function note(name: string, values: Record<string, number>): void {
  const rounded = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Math.round(value * 10) / 10]),
  );
  appendFileSync(
    join(FOLDER, "figures.jsonl"),
    `${JSON.stringify({ name: `${name}${LOAD}`, ...rounded })}\n`,
  );
}

/** How long something took by the clock, and of that the main thread's own CPU: what a machine of our own would need. */
interface Took {
  clock_ms: number;
  cpu_ms: number;
  /** Up to the end of one frame more. */
  next_ms?: number;
}

/** p50, p95 and the worst of some times. */
function spread(times: readonly Took[]): Record<string, number> {
  const sorted = times.map((one) => one.clock_ms).sort((a, b) => a - b);
  const cpu = times.map((one) => one.cpu_ms).sort((a, b) => a - b);
  const next = times.flatMap((one) => one.next_ms ?? []).sort((a, b) => a - b);
  const at = (of: number[], share: number): number =>
    of[Math.min(of.length - 1, Math.floor(of.length * share))] ?? NaN;
  return {
    ...{ p50: at(sorted, 0.5), p95: at(sorted, 0.95), worst: at(sorted, 1) },
    ...(next.length > 0 ? { next_p50: at(next, 0.5), next_p95: at(next, 0.95) } : {}),
    ...{ cpu_p50: at(cpu, 0.5), cpu_p95: at(cpu, 0.95), count: sorted.length },
  };
}

interface Probe {
  painted?: Promise<{ clock_ms: number; next_ms: number } | null>;
}

/**
 * From the event to the end of the first frame in which what the selector finds has another value of the attribute;
 * and to the end of the frame after it, by which also what was put off until then has been seen to.
 */
async function timeTo(
  page: Page,
  cdp: CDPSession,
  look: Look,
  act: () => Promise<void>,
): Promise<Took | null> {
  const before_s = (await metrics(cdp))["TaskDuration"] ?? NaN;
  await page.evaluate(({ event, selector, attribute }) => {
    const read = (): string =>
      [...document.querySelectorAll(selector)].map((one) => one.getAttribute(attribute)).join();
    const before = read();
    const frame = async (): Promise<void> => {
      await new Promise(requestAnimationFrame);
    };
    (window as Probe).painted = (async () => {
      const began = await new Promise<number>((resolve) =>
        window.addEventListener(event, (one) => resolve(one.timeStamp), { capture: true, once: true }),
      );
      while (read() === before) {
        if (performance.now() - began > 1_000) return null;
        await frame();
      }
      // A message sent while a frame is made comes when it is painted.
      const painted = async (): Promise<number> => {
        const channel = new MessageChannel();
        const came = new Promise((resolve) => (channel.port1.onmessage = resolve));
        channel.port2.postMessage(null);
        await came;
        return performance.now() - began;
      };
      const clock_ms = await painted();
      await frame();
      return { clock_ms, next_ms: await painted() };
    })();
  }, look);
  await act();
  const took = await page.evaluate(() => (window as Probe).painted ?? null);
  const cpu_ms = (((await metrics(cdp))["TaskDuration"] ?? NaN) - before_s) * 1_000;
  return took === null ? null : { ...took, cpu_ms };
}

/** Whose metrics count the main thread's own CPU, and not what else the machine does. */
async function meter(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  return cdp;
}

interface Look {
  event: "keydown" | "click";
  selector: string;
  attribute: string;
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** From the start of the navigation to the end of the frame that shows what the selector finds. */
async function timeLoad(
  browser: Browser,
  storageState: State,
  path: string,
  selector: string,
): Promise<Took> {
  const fresh = await browser.newContext({
    storageState,
    viewport: { width: 1440, height: 900 },
  });
  const page = await fresh.newPage();
  await page.bringToFront(); // a page behind another one is not painted
  await page.addInitScript((wanted) => {
    const look = (): void => {
      if (document.querySelector(wanted) === null) requestAnimationFrame(look);
      else {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => ((window as { paintedAt?: number }).paintedAt = performance.now());
        channel.port2.postMessage(null);
      }
    };
    requestAnimationFrame(look);
  }, selector);
  const cdp = await meter(page);
  await page.goto(path);
  const painted = await page.waitForFunction(() => (window as { paintedAt?: number }).paintedAt, null, {
    timeout: 60_000,
  });
  const clock_ms = (await painted.jsonValue()) ?? NaN;
  const cpu_ms = ((await metrics(cdp))["TaskDuration"] ?? NaN) * 1_000;
  await fresh.close();
  return { clock_ms, cpu_ms };
}

const ROW = "[role=grid] [role=row][id]";
const MAP = "canvas[role=img]";

test.setTimeout(600_000);

test("rows live after navigation", async ({ browser, page }) => {
  await enter(page);
  const state = await page.context().storageState();
  await page.close();
  const first = await timeLoad(browser, state, CONTAINERS, ROW);
  note("containers: navigation to painted rows, nobody watched before", { ...first });
  for (const [name, path, selector] of [
    ["containers: navigation to painted rows", CONTAINERS, ROW],
    ["overview: navigation to painted map", "/", MAP],
  ] as const) {
    const times = [];
    for (let i = 0; i < LOADS; i += 1) times.push(await timeLoad(browser, state, path, selector));
    note(name, spread(times));
  }
});

test("filter and sort", async ({ page }) => {
  await enter(page);
  await page.goto(CONTAINERS);
  await expectLive(page);
  await page.locator(ROW).first().waitFor(); // a key before there is a list is part of the navigation
  // Not the number of rows: a key may leave it as it is, and the fleet changes it a moment later.
  const rows: Look = { event: "keydown", selector: "[role=grid]", attribute: "data-asked" };
  const cdp = await meter(page);
  const profiled = await profile(cdp, "filter and sort");
  const typed: Took[] = [];
  const keep = (took: Took | null): void => {
    if (took !== null) typed.push(took);
  };
  for (const query of QUERIES) {
    await page.keyboard.press("/");
    for (const key of query) keep(await timeTo(page, cdp, rows, () => page.keyboard.press(key)));
    await page.keyboard.press("Control+a");
    keep(await timeTo(page, cdp, rows, () => page.keyboard.press("Delete")));
    await page.keyboard.press("Escape");
  }
  note("containers: key in the filter to painted rows", spread(typed));
  const heads: Look = { event: "click", selector: "[role=columnheader]", attribute: "aria-sort" };
  const sorted: Took[] = [];
  for (const head of Array.from({ length: ROUNDS }, () => HEADS).flat()) {
    const button = page.getByRole("button", { name: new RegExp(`^${head}( [▲▼])?$`) });
    const box = await button.boundingBox();
    if (!box) continue;
    const took = await timeTo(page, cdp, heads, () => page.mouse.click(box.x + 5, box.y + box.height / 2));
    if (took !== null) sorted.push(took);
  }
  await profiled();
  note("containers: click on a column head to painted rows", spread(sorted));
});

type Metrics = Record<string, number>;

async function metrics(cdp: CDPSession): Promise<Metrics> {
  const { metrics: found } = await cdp.send("Performance.getMetrics");
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** From here until what it answers is called, when somebody asked for profiles: they cost time themselves. */
async function profile(cdp: CDPSession, name: string): Promise<() => Promise<void>> {
  const folder = process.env["ORCHESTRA_PROFILES"];
  if (folder === undefined) return () => Promise.resolve();
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.start");
  return async () => {
    const { profile: found } = await cdp.send("Profiler.stop");
    writeFileSync(join(folder, `${name.replaceAll(/\W+/g, "-")}.cpuprofile`), JSON.stringify(found));
  };
}

/** The share of the main thread's time that was taken while nobody touched the page. */
async function timeBusy(page: Page, name: string, seconds: number): Promise<void> {
  const cdp = await meter(page);
  await page.waitForTimeout(6_000); // past the first drawing, into the steady state
  const profiled = await profile(cdp, name);
  const [before, pace, began_ms] = [await metrics(cdp), readPace(), performance.now()];
  await page.waitForTimeout(seconds * 1_000);
  const [after, paceAfter, took_ms] = [await metrics(cdp), readPace(), performance.now() - began_ms];
  await profiled();
  await cdp.send("HeapProfiler.collectGarbage");
  const spent = (part: string): number => (after[part] ?? NaN) - (before[part] ?? NaN);
  const share = (part: string): number => (spent(part) / took_ms) * 100_000;
  note(name, {
    percent: share("TaskDuration"),
    script: share("ScriptDuration"),
    layout: share("LayoutDuration") + share("RecalcStyleDuration"),
    changes_per_s: (paceAfter.changes - pace.changes) / (paceAfter.at_s - pace.at_s),
    heap_mb: ((await metrics(cdp))["JSHeapUsedSize"] ?? NaN) / 1e6,
  });
  await cdp.detach();
}

test("busy", async ({ page }) => {
  await enter(page);
  for (const [name, path] of [
    ["containers", CONTAINERS],
    ["containers by CPU", `${CONTAINERS}?sort=-cpu_millis`],
    ["overview", "/"],
  ] as const) {
    await page.goto(path);
    await expectLive(page);
    await away(page);
    await timeBusy(page, `${name}: main thread busy`, BUSY_S);
  }
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await timeBusy(page, "overview in a hidden tab: main thread busy", BUSY_S / 2);
});

test("pictures", async ({ page }) => {
  await enter(page);
  for (const [name, path] of [
    ["scale-overview", "/"],
    ["scale-containers", CONTAINERS],
    ["scale-hosts", "/hosts"],
  ] as const) {
    await page.goto(path);
    await expectLive(page);
    await away(page);
    await page.waitForTimeout(12_000); // so that lines of the last minutes have their first points
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  }
});
