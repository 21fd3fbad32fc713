/**
 * A plan before it is done, of a service that is scaled; and what the overview says of a host that is lost. Needs an
 * account and a host, as services.spec.ts does.
 */
import { expect, type Page, test } from "@playwright/test";
import { call, expectMomentAccessible, logIn, watch } from "./console";

const NAME = `plan-${Date.now().toString(36)}`;
const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "busybox:1";
const COMMAND = process.env["ORCHESTRA_COMMAND"] ?? "sleep 3600";
const READY_MS = 60_000;

test.describe.configure({ mode: "serial" });

let page: Page;
let troubles: string[];
let id = "";

const button = (name: string) => page.getByRole("button", { name, exact: true });
const plan = () => page.getByTestId("plan");

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  troubles = watch(page);
  await logIn(page);
  const container = { image: IMAGE, command: COMMAND.split(" "), stop_grace: 1, resources: { memory: "8m" } };
  const made = await call(page, "POST", "/projects/default/services", { name: NAME, replicas: 2, container });
  ({ id } = made as { id: string });
  await page.goto(`/p/default/services/${id}`);
  await expect(page.getByText("2 of 2 ready")).toBeVisible({ timeout: READY_MS });
});
test.afterAll(async () => {
  await call(page, "POST", `/projects/default/services/${id}/remove`);
  await page.close();
});
test.afterEach(() => {
  expect(troubles, "nothing failed in the page, and its content policy refused nothing").toEqual([]);
});

test("one more is shown as a plan first, and then done as it was shown", async () => {
  await button("One more").click();
  await button("Show plan first").click();
  await expect(plan()).toContainText("1 starts");
  const step = plan().getByRole("row").nth(1);
  await expect(step).toContainText(`starts${NAME}.3`);
  await expect(step).toContainText(`${NAME}.3 is one of 3`);
  await expectMomentAccessible(page, "services-plan");
  await button("Apply the plan").click();
  await expect(plan()).toHaveCount(0);
  await expect(page.getByText("3 of 3 ready")).toBeVisible({ timeout: READY_MS });
});

test("the overview says whether a host can be lost", async () => {
  await page.goto("/");
  await expect(page.getByTestId("spare")).toContainText(/is lost/, { timeout: READY_MS });
});
