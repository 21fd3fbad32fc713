/**
 * The pages on which something is asked for: a spec as YAML, credentials of a registry, what marking a host dead would
 * do, labels; and what they show: plots, the platform's health, the map's second level. Needs an account (those that the
 * road makes, when left out), a host, ORCHESTRA_IMAGE with ORCHESTRA_COMMAND, and for the private registry
 * ORCHESTRA_PRIVATE_IMAGE, ORCHESTRA_REGISTRY_USER and ORCHESTRA_REGISTRY_PASSWORD.
 */
import { expect, type Page, test } from "@playwright/test";
import { expectMomentAccessible, logIn, watch, writeYaml } from "./console";

const TAG = Date.now().toString(36);
const NAME = `pages-${TAG}`;
const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "busybox:1";
const COMMAND = JSON.stringify((process.env["ORCHESTRA_COMMAND"] ?? "sleep 3600").split(" "));
const PRIVATE = process.env["ORCHESTRA_PRIVATE_IMAGE"] ?? "";
const START_MS = 60_000;

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  await logIn(page);
});
test.afterAll(async () => {
  const list = await page.request.get("/api/v1/projects/default/containers?limit=1000");
  const { results } = (await list.json()) as { results: { slot: string; name: string }[] };
  for (const one of results.filter((found) => found.name.endsWith(TAG))) {
    await ask("POST", `/api/v1/projects/default/containers/${one.slot}/remove`);
  }
  await page.close();
});
test.afterEach(() => {
  expect(troubles, "nothing failed in the page, and its content policy refused nothing").toEqual([]);
});

async function ask(method: "POST" | "PATCH", path: string, data: object = {}): Promise<void> {
  const cookies = await page.context().cookies();
  const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
  const headers = { "X-CSRFToken": csrf, Referer: page.url() };
  const answer = await page.request.fetch(path, { method, data, headers });
  expect(answer.ok(), await answer.text()).toBe(true);
}

const editor = () => page.getByRole("textbox", { name: "Spec" });
const problems = () => page.getByTestId("problems");
const settled = () => expect(problems()).toHaveAttribute("data-checking", "false");

test("a mistake in YAML is marked at its line as it is typed, and corrected it runs", async () => {
  await page.getByRole("link", { name: "Run g r" }).click();
  await page.getByRole("radiogroup").getByText("YAML").click();
  await expect(page).toHaveURL(/as=yaml/);
  await writeYaml(
    page,
    `# front\nname: ${NAME}\nimage: ${IMAGE}\ncomand: ${COMMAND}\nresources:\n  memory: lots\n`,
  );
  await expect(problems()).toContainText(/line 4 .*did you mean command\?/);
  await expect(problems()).toContainText(/line 6 .*the memory request/);
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(2);
  await expectMomentAccessible(page, "pages-yaml");
  await problems()
    .getByRole("button", { name: /line 6/ })
    .click();
  await expect(page.getByTestId("key-help")).toContainText("256m");
  await writeYaml(
    page,
    `# front\nname: ${NAME}\nimage: ${IMAGE}\ncommand: ${COMMAND}\nresources:\n  memory: 32m\n`,
  );
  await expect(problems()).toContainText("The server would take this");
});

test("keys are completed from the API's schema", async () => {
  await editor().click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("rest");
  await expect(page.getByRole("option", { name: /restart/ })).toBeVisible();
  await page.waitForTimeout(200); // against slips, the editor's list takes no Enter in its first 75 ms
  await page.keyboard.press("Enter");
  await page.keyboard.type("on");
  await page.getByRole("option", { name: "on-failure" }).click();
  await expect(editor()).toContainText("restart: on-failure");
  await settled();
  await expect(problems()).toContainText("The server would take this");
});

test("through the form and back nothing is lost, not even a comment; the form says what is wrong as it is typed", async () => {
  await page.getByRole("radiogroup").getByText("Form").click();
  const cpu = page.getByRole("textbox", { name: "CPU request" });
  await cpu.fill("much");
  await expect(cpu).toHaveAttribute("aria-invalid", "true");
  await expectMomentAccessible(page, "pages-form");
  await cpu.fill("0.1");
  await expect(cpu).not.toHaveAttribute("aria-invalid", "true");
  await page.getByRole("radiogroup").getByText("YAML").click();
  await expect(editor()).toContainText("# front");
  await expect(editor()).toContainText(/cpu: "?0\.1/);
  await settled();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
  await expect(page.locator("h1 + span", { hasText: "running" })).toBeVisible({ timeout: START_MS });
});

test("its plots show what was measured, and the range is in the address", async () => {
  await page.getByRole("tab", { name: "Metrics" }).click();
  await expect(page.getByRole("img", { name: /^CPU: used \d/ })).toBeVisible({ timeout: START_MS });
  await expect(page.getByRole("img", { name: /^Memory: used \d.*requested 32 MiB/ })).toBeVisible();
  await page.getByRole("radiogroup", { name: "How far back" }).getByText("6 h").click();
  await expect(page).toHaveURL(/range=6h/);
  await expect(page.getByRole("img", { name: /^CPU: used \d/ })).toBeVisible();
});

test("credentials are saved only when the registry takes them", async () => {
  test.skip(PRIVATE === "", "no private registry here");
  await ask("POST", "/api/v1/projects/default/containers", { name: `private-${TAG}`, image: PRIVATE });
  await page.goto(`/p/default/containers?q=private-${TAG}`);
  await page.getByRole("link", { name: `private-${TAG}` }).click();
  await expect(page.getByTestId("cause")).toContainText("The registry refuses the image", {
    timeout: START_MS,
  });
  await page.getByTestId("cause").getByRole("link").click();
  await expect(page).toHaveURL(/tab=registries/);
  await page.getByRole("button", { name: "Add a registry" }).click();
  const [host = ""] = PRIVATE.split("/");
  await page.getByRole("textbox", { name: "Registry" }).fill(host);
  await page.getByRole("textbox", { name: "User name" }).fill(process.env["ORCHESTRA_REGISTRY_USER"] ?? "");
  const password = page.getByLabel("Password or token");
  await password.fill("not-the-password");
  await page.getByRole("button", { name: "Test and save" }).click();
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("dialog")).toContainText("401");
  await expectMomentAccessible(page, "pages-registry-refused");
  await password.fill(process.env["ORCHESTRA_REGISTRY_PASSWORD"] ?? "");
  await page.getByRole("button", { name: "Test and save" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  const row = page.getByRole("row", { name: new RegExp(host) });
  await expect(row).toContainText("works");
  await row.getByRole("button", { name: "Test" }).click();
  await expect(row).toContainText("login succeeded");
  await expectMomentAccessible(page, "pages-registries");
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("No registries yet")).toBeVisible();
});

test("what marking a host dead would do is shown before it is done, and a host that answers is refused", async () => {
  const list = await page.request.get(`/api/v1/projects/default/containers?q=${NAME}`);
  const { results } = (await list.json()) as { results: { host: string }[] };
  const host = results[0]?.host ?? "";
  await page.goto(`/hosts/${host}?tab=usage&range=1h`);
  await expect(page.getByRole("img", { name: /^CPU: used \d.*allocatable/ })).toBeVisible({
    timeout: START_MS,
  });
  await page.getByRole("button", { name: "Mark dead…" }).click();
  await expect(page.getByTestId("following")).toContainText(NAME);
  await expect(page.getByRole("dialog")).toContainText(/would be refused now.*answers/);
  await expect(page.getByRole("button", { name: "Mark dead", exact: true })).toBeDisabled();
  await expectMomentAccessible(page, "pages-mark-dead");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove the host" }).click();
  await expect(page.getByRole("alert")).toContainText(NAME);
  await expectMomentAccessible(page, "pages-remove-host");
  await page.keyboard.press("Escape");
});

test("labels and taints of a host are changed, and a bad one is refused at its place", async () => {
  await page.getByRole("tab", { name: "Labels" }).click();
  await page.getByRole("button", { name: "Add a label" }).click();
  const name = page.getByRole("textbox", { name: "Label name" }).last();
  await name.fill("bad name");
  await page.getByRole("textbox", { name: "Label value" }).last().fill("x");
  await page.getByRole("button", { name: "Save labels" }).click();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await name.fill("pages");
  await page.getByRole("button", { name: "Save labels" }).click();
  await expect(page.getByText(/pages=x/)).toBeVisible();
  await page.getByRole("button", { name: "Take away the label pages" }).click();
  await page.getByRole("button", { name: "Save labels" }).click();
  await expect(page.getByText(/pages=x/)).toHaveCount(0);

  const taint = page.getByRole("textbox", { name: "Taint", exact: true });
  await page.getByRole("button", { name: "Taint", exact: true }).click();
  await taint.fill("kept for pages");
  await page.getByRole("combobox", { name: "What it does" }).selectOption("avoid");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(taint).toHaveAttribute("aria-invalid", "true");
  await taint.fill("pages");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("pages:avoid")).toBeVisible();
  await expectMomentAccessible(page, "pages-host-labels");
  await page.getByRole("button", { name: "Take away pages" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("pages:avoid")).toHaveCount(0);
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("cell", { name: "host.changed" }).first()).toBeVisible();
});

test("the map's second level shows a host's containers, and both are in the address", async () => {
  const list = await page.request.get(`/api/v1/projects/default/containers?q=${NAME}`);
  const { results } = (await list.json()) as { results: { host: string }[] };
  await page.goto(`/?group=state&by=cpu&at=${results[0]?.host ?? ""}`);
  await expect(page.getByTestId("cells").getByRole("link", { name: `${NAME}: running` })).toBeVisible();
  await expect(page.getByRole("radio", { name: "CPU" })).toBeChecked();
  await expect(page.getByRole("combobox", { name: "How hosts are grouped" })).toHaveValue("state");
  await expectMomentAccessible(page, "pages-cells");
  await page.getByTestId("cells").getByRole("button", { name: "Close" }).click();
  await expect(page).not.toHaveURL(/at=/);
});

test("Orchestra tells who leads, which agent speaks for which hosts, and its versions", async () => {
  await page.goto("/settings?tab=health");
  await expect(page.getByTestId("platform")).toContainText("one scheduler leads");
  const processes = page.getByRole("region", { name: "Processes" });
  await expect(processes).toContainText("leads");
  await expect(processes).toContainText(/speaks for \d+ hosts?/);
  await expect(processes.getByText("looking…")).toHaveCount(0);
  await page.getByRole("tab", { name: "About" }).click();
  await expect(page.getByText("Apache License 2.0")).toBeVisible();
});
