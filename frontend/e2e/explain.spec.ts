/**
 * Why something waits and what would let it in: one that no host's labels suit, told with its funnel, its nearest
 * misses and its fixes; the fix is made, and it is placed. And a service that asks for too much, told once for all of
 * its containers. Needs what the road of services.spec.ts needs.
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
