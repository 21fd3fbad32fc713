/**
 * Why something waits and what would let it in: one that no host's labels suit, told with its funnel, its nearest
 * misses and its fixes; the fix is made, and it is placed. And a service that asks for too much, told once for all of
 * its containers. Then what is asked before anything is: where so many would land, what a lost zone would do, and the
 * policies by which hosts are weighed. Needs what the road of services.spec.ts needs.
 */
import { expect } from "@playwright/test";
import { call, expectMomentAccessible, removeAll } from "./console";
import { expectLive, test, TAG } from "./fixtures";

const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "busybox:1";
const LABEL = `tier-${TAG}`;

const fixes = "fixes";

test("what fits nowhere says what would let it in; when that is done on the host it names, it is placed", async ({
  page,
}) => {
  await page.goto("/");
  await expectLive(page);
  const waits = await call(page, "POST", "/projects/default/containers", {
    ...{ name: `gold-${TAG}`, image: IMAGE, constraints: [`${LABEL}=gold`] },
    resources: { cpu: "10m", memory: "8m" },
  });
  const address = `/p/default/containers/${String(waits["slot"])}?tab=why`;
  await page.goto(address);
  await expect(page.getByText(/Cannot be placed: 0 of \d+ hosts fit/)).toBeVisible();
  const list = page.getByTestId(fixes).getByRole("listitem");
  await expect(list.filter({ hasText: `Drop the constraint ${LABEL}=gold` })).toContainText(
    `constraints: − ${LABEL}=gold`,
  );
  const label = list.filter({ hasText: `${LABEL}=gold` }).filter({ hasText: "on the host" });
  await expect(label).toContainText("1 host");
  await expect(page.getByTestId("funnel-path")).toContainText("0 after labels");
  await expect(page.getByTestId("lacking")).toContainText("refused by labels alone");
  await expect(page.getByRole("region", { name: "Nearest misses" })).toContainText(
    `wants ${LABEL}=gold, has no label ${LABEL}`,
  );
  await expectMomentAccessible(page, "why-waits");

  await page.getByRole("link", { name: "Write it anew with a change" }).click();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue(`gold-${TAG}-2`);
  await page.getByText("Placement", { exact: true }).last().click();
  await expect(page.getByRole("textbox", { name: "Constraints" })).toHaveValue(`${LABEL}=gold`);
  await page.getByRole("textbox", { name: "Priority" }).fill("-3");
  await page.getByRole("button", { name: "Rule", exact: true }).click();
  await page.getByRole("textbox", { name: "Service or label of the others" }).fill("db");
  await page.getByRole("textbox", { name: "How much it is preferred" }).fill("900");
  await expect(page.getByTestId("problems")).toContainText("/affinity/0/prefer");
  await page.getByRole("textbox", { name: "How much it is preferred" }).fill("50");
  await expect(page.getByTestId("problems")).toContainText("The server would take this");
  await page.getByRole("button", { name: "Show plan first" }).click();
  await expect(page.getByTestId("plan")).toContainText(`gold-${TAG}-2`);
  await page.keyboard.press("Escape");
  await page.goBack();

  const link = label.getByRole("link");
  const host = (await link.textContent()) ?? "";
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/hosts/${host}\\?tab=labels`));
  const before = (await (await page.request.get(`/api/v1/hosts/${host}`)).json()) as {
    labels: Record<string, string>;
  };
  await call(page, "PATCH", `/hosts/${host}`, { labels: { ...before.labels, [LABEL]: "gold" } });
  await page.goto(address);
  await expect(page.getByText(new RegExp(`On ${host}: 1 of \\d+ hosts fitted`))).toBeVisible();
  await expect(page.getByTestId(fixes)).toHaveCount(0);
  await expectMomentAccessible(page, "why-placed");
  await call(page, "PATCH", `/hosts/${host}`, { labels: before.labels });
  await removeAll(page, `gold-${TAG}`);
});

test("of a service it is told once for all that wait, with its decisions below", async ({ page }) => {
  await page.goto("/");
  await expectLive(page);
  const service = await call(page, "POST", "/projects/default/services", {
    ...{ name: `large-${TAG}`, replicas: 3 },
    container: { image: IMAGE, resources: { memory: "60t" } },
  });
  await page.goto(`/p/default/services/${String(service["id"])}`);
  await expectLive(page);
  await page.keyboard.press("w");
  await expect(page.getByRole("heading", { name: "3 containers wait" })).toBeVisible();
  const first = page.getByTestId(fixes).getByRole("listitem").first();
  await expect(first).toContainText(/Lower memory to [\d.]+ [MG]iB/);
  await expect(first).toContainText("all 3 would be placed");
  const group = page.locator("[data-testid=decision][data-verdict=refused]").first();
  await expect(group).toContainText("3 without a host");
  await group.locator("summary").click();
  await expect(group.getByTestId("funnel")).toBeVisible();
  await expect(group.getByRole("region", { name: "Refused hosts" })).toContainText("needs 60 TiB");
  await expectMomentAccessible(page, "service-decisions");
  await group.getByRole("link").first().click();
  await expect(page.getByText(/Cannot be placed/)).toBeVisible();
  await call(page, "POST", `/projects/default/services/${String(service["id"])}/remove`);
});

test("where so many would land is asked in the address; what does not fit is told with its reasons", async ({
  page,
}) => {
  await page.goto("/placement?n=3&cpu=0.01&memory=8m&spread=zone");
  await expect(page.getByTestId("landing")).toContainText(/All 3 fit, on \d of \d hosts/);
  await page.getByText("The same as a list").click();
  const list = page.getByRole("region", { name: "Where they would land" });
  const counts = await list.locator("tbody td:last-child").allTextContents();
  expect(counts.map(Number).reduce((all, one) => all + one, 0)).toBe(3);
  await page.getByRole("textbox", { name: "Memory" }).first().fill("60t");
  await page.getByLabel("Like the host").fill("nowhere");
  await page.getByRole("button", { name: "Simulate" }).click();
  await expect(page).toHaveURL(/memory=60t/);
  await expect(page.getByText(/there is no host 'nowhere'/)).toBeVisible();
  await page.getByLabel("Like the host").fill("");
  await page.getByRole("textbox", { name: "CPU" }).last().fill("8");
  await page.getByRole("textbox", { name: "Memory" }).last().fill("64t");
  await page.getByRole("button", { name: "Simulate" }).click();
  await expect(page.getByTestId("landing")).toContainText("None of 3 fits on any host");
  await expect(page.getByTestId("needed")).toContainText("3 more hosts (8 CPU / 64t) would be enough");
  await expect(page.getByTestId(fixes)).toContainText(/Lower memory to/);
  await expect(page.getByTestId("funnel")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/like=nowhere/);
});

test("what a lost zone would do, and a policy from its making to its end", async ({ page }) => {
  await page.goto("/placement?tab=loss");
  await expect(page.getByTestId("loss")).toContainText(/host/);
  await page.getByRole("combobox", { name: "What is lost" }).selectOption("zone");
  await expect(page).toHaveURL(/label=zone/);
  await expect(page.getByRole("columnheader", { name: "zone" })).toBeVisible();

  await page.getByRole("tab", { name: "Policies" }).click();
  await page.getByRole("button", { name: "New policy" }).click();
  const name = `apart-${TAG}`;
  const form = page.getByTestId("policy");
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("textbox", { name: "zones" }).fill("much");
  await expect(form.getByText("a number, such as 1 or -0.5")).toBeVisible();
  await form.getByRole("textbox", { name: "zones" }).fill("2");
  await expect(form.getByText(/say over which label/)).toBeVisible();
  await form
    .getByRole("combobox", { name: /Domains/ })
    .or(form.getByLabel(/Domains/))
    .first()
    .fill("zone");
  await form.getByRole("button", { name: "Save the policy" }).click();
  await expect(form).toHaveCount(0);
  await expect(page).not.toHaveURL(/edit=/);
  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("zones 2 (zone)");
  const made = await call(page, "POST", "/projects/default/containers", {
    ...{ name: `named-${TAG}`, image: IMAGE, placement_policy: name, resources: { memory: "60t" } },
  });
  await row.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(dialog.getByRole("alert")).toContainText(`container named-${TAG}`);
  await call(page, "POST", `/projects/default/containers/${String(made["slot"])}/remove`);
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
});

test("a rebalance is shown as a plan, then made; by itself only where an owner has said so", async ({
  page,
  api,
}) => {
  await page.goto("/");
  await expectLive(page);
  const known = (await (await page.request.get("/api/v1/hosts")).json()) as {
    results: { name: string; availability: string }[];
  };
  const [first, ...others] = known.results.filter((one) => one.availability === "active");
  for (const { name } of others) await call(page, "POST", `/hosts/${name}/cordon`);
  const name = `crowd-${TAG}`;
  const command = (process.env["ORCHESTRA_COMMAND"] ?? "sleep 3600").split(" ");
  const container = { image: IMAGE, command, stop_grace: 1, resources: { cpu: "10m", memory: "8m" } };
  const made = await api.post("/api/v1/projects/default/services", { name, replicas: 2, container });
  const service = `/projects/default/services/${String(made["id"])}`;
  const where = async (): Promise<(string | null)[]> => {
    const list = await page.request.get(`/api/v1${service}/containers`);
    const found = (await list.json()) as { state: string; host: string | null }[];
    return found.filter(({ state }) => state === "running").map(({ host }) => host);
  };
  await expect.poll(where, { timeout: 60_000 }).toEqual([first?.name, first?.name]);
  const rollouts = async (): Promise<string> => (await page.request.get(`/api/v1${service}/rollouts`)).text();
  await expect.poll(rollouts, { timeout: 60_000 }).toMatch(/"status":\s*"done"/);
  for (const one of others) await call(page, "POST", `/hosts/${one.name}/uncordon`);

  await page.keyboard.press("Control+k");
  await page.locator("[aria-controls=palette-list]").fill("rebalance");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/placement\?tab=rebalance/);
  const moves = page.getByRole("textbox", { name: "Moves, at most" }).first();
  await moves.fill("21");
  await expect(page.getByText("a whole number from 1 to 20")).toBeVisible();
  await moves.fill("20");
  await page.getByRole("button", { name: "Show the plan" }).click();
  const plan = page.getByTestId("plan");
  const move = plan.getByRole("row", { name: new RegExp(`^${name}`) }).first();
  await expect(move).toContainText(`2 of its service stand on ${first?.name ?? ""}, none on`);
  await expectMomentAccessible(page, "rebalance-plan");
  await page.getByRole("button", { name: "Apply the plan" }).click();
  await expect(plan).toHaveCount(0);
  await expect.poll(async () => new Set(await where()).size, { timeout: 60_000 }).toBe(2);

  const wish = page.getByRole("form", { name: "By itself" });
  await expect(wish.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  await wish.getByRole("switch").click();
  await wish.getByRole("textbox", { name: /Minutes/ }).fill("120");
  await wish.getByRole("button", { name: "Save" }).click();
  await expect(page.getByTestId("rounds")).toBeVisible();
  await expect(wish.getByRole("switch")).toBeChecked();
  await wish.getByRole("switch").click();
  await wish.getByRole("button", { name: "Save" }).click();
  await expect(wish.getByRole("switch")).not.toBeChecked();
  await call(page, "POST", `${service}/remove`);
});
