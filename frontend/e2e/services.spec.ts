/**
 * A service from its first form to its end: created, scaled, updated by YAML and watched slot by slot, rolled back with
 * its difference, paused and resumed, changed by two people at once, removed; and how each screen reads. Needs an
 * account (the one that the road makes, when left out), a host, and ORCHESTRA_IMAGE with ORCHESTRA_COMMAND, which
 * serves on ORCHESTRA_IMAGE_PORT (80). The steps stand on each other.
 */
import { expect, type Page, test } from "@playwright/test";
import {
  call,
  expectMomentAccessible,
  logIn,
  putBrakeOn,
  removeAll,
  servingSpec,
  VIEWER,
  watch,
  writeYaml,
  zoneOfOne,
} from "./console";

const TAG = Date.now().toString(36);
const NAME = `svc-${TAG}`;
const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "busybox:1";
const COMMAND = process.env["ORCHESTRA_COMMAND"] ?? "sleep 3600";
const PORT = process.env["ORCHESTRA_IMAGE_PORT"] ?? "80";
const ROLL_MS = 90_000;

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];
let address = "";

interface Service {
  id: string;
  name: string;
  desired: string;
  generation: number;
  spec: { container: object };
}

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  await logIn(page);
});
test.afterAll(async () => {
  for (const one of await mine()) {
    if (one.desired !== "remove") await call(page, "POST", `/projects/default/services/${one.id}/remove`);
  }
  await removeAll(page, TAG);
  await page.close();
});
test.afterEach(() => {
  expect(troubles, "nothing failed in the page, and its content policy refused nothing").toEqual([]);
});

async function mine(): Promise<Service[]> {
  const answer = await page.request.get(`/api/v1/projects/default/services?q=${TAG}`);
  return ((await answer.json()) as { results?: Service[] }).results ?? [];
}

const lane = (slot: number) => page.getByTestId("lanes").locator(`[data-slot="${slot}"]`);
const button = (name: string) => page.getByRole("button", { name, exact: true });
const state = () => page.locator("h1 + span");
const editor = () => page.getByRole("textbox", { name: "Spec" });
const problems = () => page.getByTestId("problems");
const field = (name: string) => page.getByRole("textbox", { name, exact: true });

async function expectSettled(count: number, revision: number): Promise<void> {
  await expect(state()).toHaveText("running", { timeout: ROLL_MS });
  await expect(page.getByText(`${count} of ${count} ready`)).toBeVisible();
  await expect(page.getByTestId("lanes").locator("[data-phase=done]")).toHaveCount(count);
  await expect(page.getByTestId("lanes").getByRole("link", { name: `r${revision}` })).toHaveCount(count);
}

test("what a service cannot be is said at its field; created, it comes up slot by slot", async () => {
  await page.getByRole("link", { name: "Services g s" }).click();
  await expect(page.getByRole("heading", { name: "Services", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Create a service" }).first().click();
  await field("Name").fill("Not A Name");
  await expect(problems()).toContainText("/name");
  await field("Name").fill(NAME);
  await field("Image").fill(IMAGE);
  await field("Command").fill(COMMAND);
  await field("Memory request").fill("lots");
  await expect(problems()).toContainText("/container/resources/memory");
  await expectMomentAccessible(page, "services-create-refused");
  await field("Memory request").fill("8m");
  await field("CPU request").fill("10m");
  await button("Port").click();
  await field("Container port").fill(PORT);
  await page.getByText("Process, health and labels").click();
  await field("Stop grace (s)").fill("1");
  await page.getByText("How it is updated (advanced)").click();
  await field("Ready for (s)").fill("2");
  await expect(problems()).toContainText("The server would take this");
  await expectMomentAccessible(page, "services-create");
  await button("Create").click();
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
  address = new URL(page.url()).pathname;
  await expectSettled(2, 1);
  await expect(page.getByTestId("endpoints").getByText("ready")).toHaveCount(2);
});

test("it is scaled by a number and Enter, and no more is asked before that", async () => {
  await page.getByRole("button", { name: "One more" }).click();
  await expect(button("Scale to 3")).toBeVisible();
  await page.keyboard.press("Escape");
  await field("Replicas").fill("3");
  await field("Replicas").press("Enter");
  await expectSettled(3, 1);
});

test("a change is written as YAML, looked at as a difference, and rolled out one slot after the other", async () => {
  await page.getByRole("link", { name: "Change", exact: true }).click();
  await page.getByRole("radiogroup").getByText("YAML").click();
  await expect(editor()).toContainText(`name: ${NAME}`);
  const text = (more: string): string =>
    [
      ...[`name: ${NAME}`, "replicas: 3", "update:", "  health_window: 2", "container:", `  image: ${IMAGE}`],
      ...[`  command: ${JSON.stringify(COMMAND.split(" "))}`, "  ports:", `    - container_port: ${PORT}`],
      ...["  resources: {cpu: 10m, memory: 8m}", "  stop_grace: 1", "  env:", `    ROUND: "${more}"`],
    ].join("\n");
  await writeYaml(page, text("two").replace("env:", "enw:"));
  await expect(problems()).toContainText(/did you mean env\?/);
  await writeYaml(page, text("two"));
  await expect(problems()).toContainText("The server would take this");
  await expectMomentAccessible(page, "services-yaml");
  await button("Look at the changes…").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByTestId("diff")).toContainText("/container/env");
  await expect(dialog.getByTestId("follows")).toContainText("new revision");
  await expectMomentAccessible(page, "services-review");
  await dialog.getByRole("button", { name: "Save and roll out" }).click();
  await expect(page.getByTestId("rollout")).toBeVisible();
  await expect(page.getByTestId("lanes").locator("[data-phase=moving]").first()).toBeVisible();
  await expect(lane(3).getByText("its turn comes").or(lane(1).getByText("its turn comes"))).toBeVisible();
  await expectMomentAccessible(page, "services-rolling");
  await expectSettled(3, 2);
  await expect(page.getByTestId("rollout")).toHaveCount(0);
});

test("paused it replaces nothing, and resumed it goes on", async () => {
  await button("Pause").click();
  await expect(state()).toHaveText("paused");
  await expect(page.getByTestId("service-state")).toContainText("nothing is replaced");
  await button("Restart").click();
  await expect(page.getByTestId("rollout")).toBeVisible();
  await expect(page.getByTestId("lanes").locator("[data-phase=waiting]")).toHaveCount(3);
  await expectMomentAccessible(page, "services-paused");
  await button("Resume").click();
  await expectSettled(3, 2);
});

test("any two revisions are compared at an address, and one is rolled back to", async () => {
  await page.getByRole("tab", { name: "Revisions" }).click();
  await expect(page.getByTestId("diff")).toContainText("/env");
  await page.getByRole("radio", { name: "Compare from revision 2" }).click();
  await expect(page).toHaveURL(/from=2/);
  await expect(page.getByText("Choose two different revisions.")).toBeVisible();
  await page.getByRole("radio", { name: "Compare from revision 1" }).click();
  await button("Roll back to revision 1").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByTestId("diff")).toContainText("ROUND");
  await expectMomentAccessible(page, "services-roll-back");
  await dialog.getByRole("button", { name: "Roll back to revision 1" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("tab", { name: "Overview" }).click();
  await expectSettled(3, 1);
  await page.getByRole("tab", { name: "Roll-outs" }).click();
  await expect(page.getByRole("row", { name: /^4 roll-back done/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /^3 restart done/ })).toBeVisible();
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("cell", { name: "service.rollout-done" }).first()).toBeVisible();
});

test("who is slower sees what the other has changed, and loses nothing", async () => {
  await page.goto(`${address}/edit`);
  await field("Image").fill(`${IMAGE}-none`);
  const [one] = await mine();
  await call(page, "POST", `/projects/default/services/${one?.id ?? ""}/scale`, { replicas: 2 });
  await button("Look at the changes…").click();
  await page.getByRole("dialog").getByRole("button", { name: "Save and roll out" }).click();
  const meanwhile = page.getByTestId("meanwhile");
  await expect(meanwhile.getByTestId("diff")).toContainText("/replicas");
  await expect(field("Image")).toHaveValue(`${IMAGE}-none`);
  await expectMomentAccessible(page, "services-meanwhile");
  await meanwhile.getByRole("button", { name: "Load theirs and drop mine" }).click();
  await expect(field("Image")).toHaveValue(IMAGE);
  await expect(field("Replicas")).toHaveValue("2");
});

test("the list shows it live, finds it, and says its verbs with their reasons", async () => {
  await page.goto(`/p/default/services?q=${TAG}`);
  const row = page.getByRole("row", { name: new RegExp(NAME) });
  await expect(row).toContainText("2 / 2", { timeout: ROLL_MS });
  await row.getByRole("button", { name: `Actions of ${NAME}` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: /^Abort/ })).toHaveAttribute("aria-disabled", "true");
  await expect(dialog).toContainText("No roll-out of it is under way");
  await expectMomentAccessible(page, "services-actions");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.locator("[aria-controls=palette-list]").fill(NAME);
  await page.getByRole("option").first().click();
  await expect(page).toHaveURL(new RegExp(address));
});

test("its containers lead to it and back, and one of them is replaced", async () => {
  await page.getByRole("tab", { name: "Containers" }).click();
  await page.getByRole("link", { name: `${NAME}.1` }).click();
  await expect(page.getByRole("link", { name: `of service ${NAME}, slot 1, revision 1` })).toBeVisible();
  await expectMomentAccessible(page, "services-container");
  await button("Replace").click();
  await expect(page.getByText(/will be replaced/)).toBeVisible();
  await page.getByRole("link", { name: /^of service/ }).click();
  await expect(page).toHaveURL(new RegExp(address));
  await expect(page.getByTestId("service-state")).toContainText(/ready/);
});

test("what it used is plotted, all together and slot by slot", async () => {
  await page.keyboard.press("u");
  await expect(page).toHaveURL(/tab=usage/);
  const slots = page.getByRole("region", { name: "Each slot" });
  for (const slot of [1, 2]) await expect(slots.getByRole("link", { name: `${NAME}.${slot}` })).toBeVisible();
  await expect(slots.getByRole("row", { name: new RegExp(`${NAME}\\.2`) })).toContainText(/\d (KiB|MiB)/);
  await expect(page.getByRole("img", { name: /^Memory, all together: used [\d.]+ (KiB|MiB)/ })).toBeVisible();
});

test("a host of it is drained: what moves and what stays is said before, its progress shown, and it is taken back", async () => {
  const stays = `stays-${TAG}`;
  const spec = { ...servingSpec(stays), constraints: [`zone=${await zoneOfOne(page, NAME)}`] };
  const made = await call(page, "POST", "/projects/default/containers", spec);
  const path = `/api/v1/projects/default/containers/${String(made["slot"])}`;
  const read = async () => (await (await page.request.get(path)).json()) as { state: string; host: string };
  await expect.poll(async () => (await read()).state).toBe("running");
  const { host } = await read();
  await page.goto(`/hosts/${host}`);
  await button("Drain…").click();
  const dialog = page.getByRole("dialog", { name: `Drain ${host}?` });
  const moves = dialog.getByRole("region", { name: /moves?$/ });
  const mover = moves.getByRole("row", { name: new RegExp(`${NAME}\\.\\d default ${NAME} h\\d`) });
  await expect(mover.first()).toBeVisible();
  const blocked = dialog.getByRole("region", { name: /cannot move$/ });
  await expect(blocked.getByRole("row", { name: new RegExp(`${stays}.*it stands alone`) })).toBeVisible();
  await expectMomentAccessible(page, "services-drain");
  await dialog.getByRole("button", { name: "Start draining" }).click();
  await expect(dialog).toBeHidden();
  await expect(state()).toHaveText("draining");
  const progress = page.getByTestId("drain");
  await expect(progress.getByRole("row", { name: new RegExp(stays) })).toBeVisible();
  await expect(progress.getByRole("link", { name: new RegExp(`^${NAME}`) })).toHaveCount(0, {
    timeout: ROLL_MS,
  });
  await expect(page.getByText(/^[1-9]\d* of [1-9]\d* gone$/).first()).toBeVisible();
  await expectMomentAccessible(page, "services-draining");
  await button("Cancel the drain").click();
  await expect(state()).toHaveText("ready");
  await expect(progress).toHaveCount(0);
  expect(await read()).toMatchObject({ state: "running", host });
});

test("a brake that comes on is a cause at once, and is released behind what follows", async ({ browser }) => {
  await page.goto("/");
  const verdict = page.getByTestId("verdict");
  await expect(verdict).not.toContainText("brake on");
  putBrakeOn("h2");
  const brake = page.getByTestId("brake");
  await expect(brake).toContainText("No container of h2 is stopped for failing its health check");
  await expect(verdict).toContainText("1 brake on");
  await expect(verdict.getByRole("heading")).toHaveText("Degraded");
  const other = await browser.newPage();
  await logIn(other, VIEWER);
  await other.goto("/");
  const refused = other.getByTestId("brake").getByRole("button", { name: "Release…" });
  await expect(refused).toHaveAttribute("aria-disabled", "true");
  await refused.hover();
  await expect(other.getByRole("tooltip").filter({ hasText: "Only a platform admin" })).toBeVisible();
  await brake.getByRole("button", { name: "Release…" }).click();
  const dialog = page.getByRole("dialog", { name: "Release the brake on h2?" });
  await expect(dialog).toContainText("stopped and replaced");
  await dialog.getByRole("button", { name: "Release", exact: true }).click();
  await expect(brake).toHaveCount(0);
  await expect(verdict).not.toContainText("brake on");
  await expect(other.getByTestId("brake")).toHaveCount(0);
  await other.close();
});

test("somebody who may only look sees everything, and why nothing is theirs", async ({ browser }) => {
  const other = await browser.newPage();
  await logIn(other, VIEWER);
  await other.goto(address);
  await expect(other.getByRole("heading", { name: NAME })).toBeVisible();
  const restart = other.getByRole("button", { name: "Restart", exact: true });
  await expect(restart).toHaveAttribute("aria-disabled", "true");
  await restart.hover();
  await expect(other.getByRole("tooltip").filter({ hasText: "may look, but not change" })).toBeVisible();
  await other.goto("/p/default/services/new");
  await expect(other.getByRole("heading", { name: "Your role does not allow this" })).toBeVisible();
  await other.close();
});

test("only by its name it is removed, and then its page and its row say so", async () => {
  await page.goto(address);
  await button("Remove…").click();
  const dialog = page.getByRole("dialog", { name: `Remove ${NAME}?` });
  const remove = dialog.getByRole("button", { name: "Remove the service" });
  await expect(remove).toBeDisabled();
  await expectMomentAccessible(page, "services-remove");
  await dialog.getByRole("textbox").fill(NAME);
  await remove.click();
  await expect(dialog).toBeHidden();
  await page.getByRole("link", { name: "Services g s" }).click();
  await expect(page.getByRole("link", { name: NAME })).toHaveCount(0, { timeout: ROLL_MS });
  await page.goto(address);
  await expect(page.getByRole("heading", { name: "There is no such service" })).toBeVisible();
});
