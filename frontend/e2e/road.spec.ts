/**
 * The road in a browser: a login, a container from the form, pending to running without a reload, its
 * port, its CPU, its log, stop, remove; then what the form says to what cannot be. The steps stand on each other.
 *
 * ORCHESTRA_URL           the console
 * ORCHESTRA_IMAGE         an image that serves HTTP on ORCHESTRA_IMAGE_PORT (80), writes log lines, and can burn CPU
 * ORCHESTRA_COMMAND       what to run in it; left out: the image's own
 * ORCHESTRA_LOAD_PATH     a path of the image that costs CPU when asked for (/)
 */
import { expect, type Page, test } from "@playwright/test";
import { expectMomentAccessible, logIn, PASSWORD, watch, writeYaml } from "./console";

const IMAGE = needed("ORCHESTRA_IMAGE");
const PORT = process.env["ORCHESTRA_IMAGE_PORT"] ?? "80";
const COMMAND = process.env["ORCHESTRA_COMMAND"] ?? "";
const LOAD_PATH = process.env["ORCHESTRA_LOAD_PATH"] ?? "/";
const NAME = `road-${Date.now().toString(36)}`;
const START_MS = 60_000;
/** Readings come every ten seconds; two of them show a change. */
const READING_MS = 45_000;

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set`);
  return value;
}

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];
let loads = 0;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  page.on("load", () => (loads += 1));
});
test.afterAll(async () => {
  await page.close();
});
test.afterEach(() => {
  expect(troubles).toEqual([]);
});

/** By the name that a screen reader says: the asterisk of a required field is no part of it. */
function field(name: string) {
  return page.getByRole("textbox", { name, exact: true });
}

function state(word: string) {
  return page.locator("h1 + span", { hasText: word });
}

/** Something that cannot be asked for: the message stands at the field, what was typed is still there. */
async function refused(what: { field: string; value: string; message: RegExp }): Promise<void> {
  const input = field(what.field);
  const before = await input.inputValue();
  await input.fill(what.value);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByTestId("problems")).toContainText(what.message);
  await expect(input).toHaveAttribute("aria-invalid", "true");
  await expect(input).toHaveValue(what.value);
  await input.fill(before);
}

test("the login leads in", async () => {
  await logIn(page);
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
});

test("the form refuses what cannot be, at the field, and loses nothing", async () => {
  await page.getByRole("link", { name: "Run a container" }).first().click();
  await expect(page.getByRole("heading", { name: "Run a container", exact: true })).toBeVisible();
  await field("Image").fill(IMAGE);
  await field("Name").fill(NAME);
  await page.getByRole("button", { name: "Port", exact: true }).click();
  await field("Container port").fill(PORT);
  await refused({ field: "Name", value: "Not A Name", message: /\/name/ });
  await refused({ field: "Image", value: "UPPER CASE", message: /\/image/ });
  await refused({ field: "Memory request", value: "ten lots", message: /\/resources\/memory/ });
  await refused({ field: "Container port", value: "99999", message: /\/ports\/0\/container_port/ });
  await expectMomentAccessible(page, "run-refused");
});

test("a forbidden and an unknown field are named in YAML, and stay there to be corrected", async () => {
  await page.getByRole("radiogroup").getByText("YAML").click();
  const spec = page.getByRole("textbox", { name: "Spec" });
  await expect(spec).toContainText(`name: ${NAME}`);
  const good = `name: ${NAME}\nimage: ${IMAGE}\nports:\n  - container_port: ${PORT}\n`;
  await writeYaml(page, `${good}privileged: true\ncomand: [x]\n`);
  const problems = page.getByTestId("problems");
  await expect(problems).toContainText(/line 5 .*'privileged' is refused/);
  await expect(problems).toContainText(/line 6 .*did you mean command\?/);
  await writeYaml(page, "{ not yaml");
  await expect(problems).toContainText("line 1");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("This is not YAML yet");
  await expectMomentAccessible(page, "run-yaml");
  await writeYaml(page, good);
  await page.getByRole("radiogroup").getByText("Form").click();
  await expect(field("Name")).toHaveValue(NAME);
});

test("what no host can hold waits, and says why", async () => {
  await field("Name").fill(`${NAME}-huge`);
  await field("Memory request").fill("10t");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(state("pending")).toBeVisible();
  await expect(page.getByTestId("cause")).toContainText(/memory/i, { timeout: START_MS });
  await page.getByRole("tab", { name: "Why not placed" }).click();
  await expect(page.getByText(/Cannot be placed: 0 of \d+/)).toBeVisible();
  await remove(`${NAME}-huge`);
});

test("a container goes from pending to running without a reload", async () => {
  await page.getByRole("link", { name: "Run g r" }).click();
  await field("Name").fill(NAME);
  await field("Image").fill(IMAGE);
  if (COMMAND !== "") await field("Command").fill(COMMAND);
  await field("CPU request").fill("0.1");
  await field("Memory request").fill("32m");
  await page.getByRole("button", { name: "Port", exact: true }).click();
  await field("Container port").fill(PORT);
  const before = loads;
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
  await expect(state("running")).toBeVisible({ timeout: START_MS });
  expect(loads).toBe(before);
});

test("its published port answers, and its log is read live", async () => {
  const link = page.getByRole("link", { name: new RegExp(`→${PORT}`) });
  const href = await link.getAttribute("href");
  expect(href).toMatch(/^http:\/\/.+:\d+$/);
  await expect(async () => {
    expect((await page.request.get(href ?? "")).status()).toBeLessThan(500);
  }).toPass({ timeout: START_MS });
  await page.getByRole("tab", { name: "Logs" }).click();
  const log = page.getByRole("log");
  await expect(log).toContainText(/\S/);
  const count = page.getByText(/^[\d,]+ lines$/);
  const before = await count.innerText();
  await page.request.get(href ?? "");
  await expect(count, "a line written now is read now").not.toHaveText(before);
});

test("its CPU moves under load", async () => {
  const href = (await page.getByRole("link", { name: new RegExp(`→${PORT}`) }).getAttribute("href")) ?? "";
  await page.getByRole("tab", { name: "Metrics" }).click();
  const loading = { isOn: true };
  const load = (async () => {
    while (loading.isOn) await page.request.get(href + LOAD_PATH).catch(() => undefined);
  })();
  const usage = page.getByTestId("usage");
  await expect(usage).toContainText(/CPU (\d\d|[1-9](\.\d)?|0\.[1-9]) ?/, { timeout: READING_MS });
  loading.isOn = false;
  await load;
  await expect(page.getByRole("img", { name: /CPU/ }).first()).toBeVisible();
});

test("events, attempts, why here and the spec are there", async () => {
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("cell", { name: "container.running" }).first()).toBeVisible();
  await page.getByRole("tab", { name: "Attempts" }).click();
  await expect(page.getByRole("cell", { name: "running" })).toBeVisible();
  await page.getByRole("tab", { name: "Why here" }).click();
  await expect(page.getByText(/\d+ of \d+ hosts fitted/)).toBeVisible();
  await page.getByRole("tab", { name: "Inspect" }).click();
  await expect(page.getByText(`"image": "${IMAGE}"`)).toBeVisible();
});

test("the list and the hosts show it", async () => {
  await page.getByRole("link", { name: "Containers g c" }).click();
  await page.getByLabel("Filter containers").fill(`state:running ${NAME}`);
  await expect(page.getByRole("row", { name: new RegExp(NAME) })).toHaveCount(1);
  await page.getByRole("link", { name: "Hosts g h" }).click();
  await expect(page.getByRole("grid", { name: "Hosts" }).getByText("ready")).not.toHaveCount(0);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Conditions", exact: true })).toBeVisible();
});

test("a host with a bad address is refused at its field", async () => {
  await page.goto("/hosts?add=true");
  await page.getByLabel("Name").fill("nowhere");
  await page.getByLabel("Engine URL").fill("ftp://somewhere");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByLabel("Engine URL")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Engine URL")).toHaveValue("ftp://somewhere");
  await expectMomentAccessible(page, "add-host");
  await page.keyboard.press("Escape");
});

test("an image that nobody has, a label that no host bears, a port that is taken: each says so on its page", async () => {
  const taken = await publishedPort();
  await runSpec({ name: `${NAME}-none`, image: "127.0.0.1:9/no/such:1" });
  await expect(page.getByTestId("cause")).toContainText(/\S/, { timeout: START_MS });
  await expect(page.getByTestId("cause")).toContainText(/image|no\/such|connection/i);
  await remove(`${NAME}-none`);
  await runSpec({ name: `${NAME}-label`, image: IMAGE, constraints: ["no-such-label=yes"] });
  await expect(page.getByTestId("cause")).toContainText(/label/i, { timeout: START_MS });
  await remove(`${NAME}-label`);
  const hosts = (await (await page.request.get("/api/v1/hosts")).json()) as { results: unknown[] };
  // With a second host the port is free there, and the container simply runs.
  if (hosts.results.length > 1) return;
  const ports = [{ container_port: Number(PORT), host_port: taken }];
  await runSpec({ name: `${NAME}-port`, image: IMAGE, ports });
  await expect(page.getByTestId("cause")).toContainText(/port/i, { timeout: START_MS });
  await remove(`${NAME}-port`);
});

test("a restart is a new attempt in the same place", async () => {
  await page.getByRole("link", { name: "Containers g c" }).click();
  await page.getByRole("row", { name: new RegExp(NAME) }).click();
  await expect(state("running")).toBeVisible();
  await page.getByRole("button", { name: "Restart" }).click();
  await expect(page.getByText("attempt 2", { exact: true })).toBeVisible({ timeout: START_MS });
  await expect(state("running")).toBeVisible({ timeout: START_MS });
  await page.getByRole("tab", { name: "Attempts" }).click();
  await expect(page.getByRole("link", { name: "Open attempt 1" })).toBeVisible();
  await page.getByRole("tab", { name: "Logs" }).click();
  await expect(page.getByRole("log")).toContainText(/\S/);
});

test("it stops and goes, and the page says so by itself", async () => {
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(state("stopped")).toBeVisible({ timeout: START_MS });
  await expect(page.getByRole("button", { name: "Stop" })).toHaveAttribute("aria-disabled", "true");
  await remove(NAME);
});

test("German says the same", async () => {
  await page.getByRole("button", { name: /Sprache: Deutsch/ }).click();
  await expect(page.getByRole("heading", { name: "Container", exact: true })).toBeVisible();
  await expectMomentAccessible(page, "german");
});

test("logging out leads to the login, and the login back to where one wanted to go", async () => {
  await page.getByRole("button", { name: /anna/ }).click();
  await page.getByRole("menuitem", { name: "Abmelden" }).click();
  await expect(page.getByRole("heading", { name: "Anmelden", exact: true })).toBeVisible();
  await page.goto("/hosts");
  await page.getByLabel("Name").fill("anna");
  await page.getByLabel("Passwort", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Anmelden" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Passwort", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await expect(page.getByRole("heading", { name: "Hosts", exact: true })).toBeVisible();
});

/** As YAML, which JSON is too: as somebody does who has the spec already. */
async function runSpec(spec: object): Promise<void> {
  await page.getByRole("link", { name: "Run g r" }).click();
  await page.getByRole("radiogroup").getByText("YAML").click();
  await writeYaml(page, JSON.stringify(spec));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("tab", { name: "Inspect" })).toBeVisible();
}

async function publishedPort(): Promise<number> {
  await page.getByRole("link", { name: "Containers g c" }).click();
  const row = page.getByRole("row", { name: new RegExp(`${NAME}(?!-)`) });
  const text = await row.getByRole("link", { name: new RegExp(`→${PORT}`) }).innerText();
  return Number(text.split("→")[0]);
}

/** From the container's own page: asks first, then the list no longer has it. */
async function remove(name: string): Promise<void> {
  await page.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog", { name: `Remove ${name}?` });
  await expectMomentAccessible(page, "remove");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("link", { name: "Containers g c" }).click();
  await page.getByLabel("Filter containers").fill("");
  await expect(page.getByRole("row", { name: new RegExp(`${name}(?!-)`) })).toHaveCount(0, {
    timeout: START_MS,
  });
}
