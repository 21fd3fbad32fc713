/** What the tests of the console share: watching for what must never happen, and axe. */
import { expect, type Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PASSWORD = "correct-horse-battery-staple";

/** The rules of axe whose verdict depends on the theme. */
const COLOURS = ["color-contrast", "link-in-text-block"] as const;

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** Errors of the page and refusals of its content policy, as they come. */
export function watch(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    // A refused request is also logged by the browser: those are the tests' own.
    const isOwn = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isOwn) found.push(message.text());
  });
  return found;
}

/** What axe finds in the theme that is on: in the second one only what goes by colours, the rest is the same. */
async function violations(page: Page, rules: readonly string[]): Promise<string[]> {
  // Evaluated and not added as a script: the page's policy forbids inline ones.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (o: object) => Promise<{ violations: Violation[] }> };
    };
    const options = { resultTypes: ["violations"], ...(only.length > 0 ? { runOnly: only } : {}) };
    return (await axe.run(options)).violations.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
  }, rules);
}

type Theme = "dark" | "light";

/** No axe violation on this page, in both themes. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await expectNothingFound(page, what, "dark", []);
  await expectNothingFound(page, what, "light", COLOURS);
}

/** The same for a moment of a page that is looked at in both themes elsewhere: in one of them, by its name. */
export async function expectMomentAccessible(page: Page, what: string): Promise<void> {
  await expectNothingFound(page, what, what.length % 2 === 0 ? "dark" : "light", []);
}

async function expectNothingFound(
  page: Page,
  what: string,
  theme: Theme,
  rules: readonly string[],
): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", theme);
  await expect.poll(() => page.evaluate(isAtRest), "what fades in has come to its colours").toBe(true);
  expect(await violations(page, rules), `${what}, ${theme}`).toEqual([]);
}

/** Nothing is on its way to another place or colour; what turns for ever does not count. */
const isAtRest = (): boolean =>
  document
    .getAnimations()
    .every((one) => one.playState !== "running" || one.effect?.getComputedTiming().endTime === Infinity);

/** The person the first admin's link made, or ORCHESTRA_USER. */
const ADMIN = process.env["ORCHESTRA_USER"] ?? "anna";
/** Somebody who may look at the default project, and no more. */
export const VIEWER = process.env["ORCHESTRA_VIEWER"] ?? "vera";

export async function logIn(page: Page, user = ADMIN): Promise<void> {
  await page.goto("/login");
  await page.getByRole("textbox", { name: "User name" }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(process.env["ORCHESTRA_PASSWORD"] ?? PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("link", { name: "Overview g o" })).toBeVisible();
  await page.getByRole("link", { name: "Containers g c" }).click();
  await expect(page.getByRole("heading", { name: "Containers", exact: true })).toBeVisible();
}

/** A request as the logged-in person, past the page: for what a test needs and is not about. */
export async function call(
  page: Page,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  data?: object,
): Promise<Record<string, unknown>> {
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const base = new URL(page.url()).origin;
  const answer = await page.request.fetch(`${base}/api/v1${path}`, {
    method,
    data: data ?? {},
    headers: { "X-CSRFToken": csrf, Origin: base, Referer: `${base}/` },
  });
  const text = await answer.text();
  expect(answer.ok(), text).toBe(true);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** Puts a brake on a host, by the program that ORCHESTRA_BRAKE names: the API only releases them. */
export function putBrakeOn(host: string): void {
  const program = process.env["ORCHESTRA_BRAKE"] ?? "";
  if (program === "") throw new Error("ORCHESTRA_BRAKE names no program that puts a brake on a host");
  execFileSync(program, [host]);
}

/** Removes what a test has made: everything whose name ends so. */
export async function removeAll(page: Page, ending: string): Promise<void> {
  const list = await page.request.get("/api/v1/projects/default/containers?limit=1000");
  const { results } = (await list.json()) as { results: { slot: string; name: string; desired: string }[] };
  for (const one of results.filter(({ name, desired }) => name.endsWith(ending) && desired !== "remove"))
    await call(page, "POST", `/projects/default/containers/${one.slot}/remove`);
}

/** The spec of a container that serves and writes a log; the road says which image that is. */
export function servingSpec(name: string): object {
  const command = (process.env["ORCHESTRA_COMMAND"] ?? "").split(" ").filter((word) => word !== "");
  return {
    name,
    image: process.env["ORCHESTRA_IMAGE"] ?? "busybox:1",
    ...(command.length > 0 ? { command } : {}),
    resources: { cpu: "50m", memory: "32m" },
    stop_grace: 3,
  };
}

/** The zone of a host on which one container of this service runs. */
export async function zoneOfOne(page: Page, service: string): Promise<string> {
  const list = await page.request.get("/api/v1/projects/default/containers?limit=1000");
  const { results } = (await list.json()) as { results: { name: string; state: string; host: string }[] };
  const one = results.find(({ name, state }) => name.startsWith(`${service}.`) && state === "running");
  const host = await page.request.get(`/api/v1/hosts/${one?.host ?? ""}`);
  return ((await host.json()) as { labels: { zone: string } }).labels.zone;
}

/** Asks for more than any host has: it waits for ever and costs nothing. */
export function waitingSpec(name: string): object {
  return { name, image: process.env["ORCHESTRA_IMAGE"] ?? "busybox:1", resources: { memory: "60t" } };
}

/** Everything in the editor of specs anew. */
export async function writeYaml(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Spec" }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}
