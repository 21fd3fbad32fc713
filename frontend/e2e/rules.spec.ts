/** The rules of live data that a reader of lists lives by: nothing moves, nothing is lost, nothing is made up. */
import { expect } from "@playwright/test";
import { away, expectLive, names, openContainer, openList, row, test } from "./fixtures";

test("values change in place; order and selection stay until somebody orders again", async ({
  page,
  api,
}) => {
  const first = await api.run("in-place-a", "wait");
  const second = await api.run("in-place-b", "wait");
  await openList(page, "&sort=state");
  await away(page);
  for (const made of [first, second]) await expect(row(page, made)).toContainText("running");
  const before = await names(page);
  const moving = before[0] === first.name ? first : second;
  await row(page, moving).evaluate((element) => element.setAttribute("data-same", "yes"));
  await page.keyboard.press("j");
  await page.getByRole("grid").hover();
  await api.ask(moving, "stop");
  await expect(row(page, moving)).toContainText("stopped");
  await expect(row(page, moving)).toHaveAttribute("data-same", "yes");
  await expect(row(page, moving)).toHaveAttribute("aria-selected", "true");
  expect(await names(page)).toEqual(before);
  await page.getByRole("button", { name: /re-sort R/ }).click();
  await expect(async () => expect(await names(page)).toEqual(before.toReversed())).toPass();
  await expect(row(page, moving)).toHaveAttribute("aria-selected", "true");
});

test("what comes is kept out of the list while the pointer is in it, and R takes it in", async ({
  page,
  api,
}) => {
  const held = await api.wait("held-b");
  await openList(page, "&sort=name");
  await expect(row(page, held)).toBeVisible();
  await page.getByRole("grid").hover();
  const came = await api.wait("held-a");
  const pill = page.getByRole("button", { name: /re-sort R/ });
  await expect(pill).toBeVisible();
  await expect(row(page, came)).toHaveCount(0);
  await page.keyboard.press("R");
  await expect(row(page, came)).toBeVisible();
  await expect(pill).toHaveCount(0);
});

test("the selection is an object and no place; what is gone stays, struck through, until one moves on", async ({
  page,
  api,
}) => {
  const made = [await api.wait("gone-a"), await api.wait("gone-b"), await api.wait("gone-c")] as const;
  await openList(page, "&sort=name");
  await expect(row(page, made[2])).toBeVisible();
  await away(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(row(page, made[1])).toHaveAttribute("aria-selected", "true");
  await api.ask(made[0], "remove");
  await expect(row(page, made[0])).toHaveAttribute("data-gone", "true");
  await expect(row(page, made[1])).toHaveAttribute("aria-rowindex", "3");
  await page.keyboard.press("R");
  await expect(row(page, made[0])).toHaveCount(0);
  await expect(row(page, made[1])).toHaveAttribute("aria-rowindex", "2");
  await expect(row(page, made[1])).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: made[1].name })).toBeVisible();
});

test("an act is asked of the object as it is now, not as it was drawn", async ({ page, api, wire }) => {
  const made = await api.wait("overtaken");
  await openContainer(page, made);
  await page.waitForLoadState("networkidle"); // what it reads as it opens may come after the socket is held
  wire.holds = true;
  await api.ask(made, "remove");
  await page.getByRole("button", { name: "Restart" }).click();
  await expect(page.getByText(`Restart ${made.name} failed`)).toBeVisible();
});

test("a filter value that nothing has any more stays, as a chip that can be taken out", async ({
  page,
  api,
}) => {
  const made = await api.wait("chip");
  await page.goto(`/p/default/containers?q=name:${made.name}`);
  await expectLive(page);
  await away(page);
  await expect(row(page, made)).toBeVisible();
  const chip = page.getByRole("button", { name: new RegExp(`name:${made.name}`) });
  await expect(chip).toHaveCount(0);
  await api.ask(made, "remove");
  await expect(chip).toBeVisible();
  await page.reload();
  await expectLive(page);
  await expect(chip).toContainText("nothing has this now");
  await expect(page.getByLabel("Filter containers")).toHaveValue(`name:${made.name}`);
  await chip.click();
  await expect(page.getByLabel("Filter containers")).toHaveValue("");
  await expect(page).not.toHaveURL(/q=/);
});

test("filter, sort, scroll, row and tab are in the address or its history: Back and reload restore them", async ({
  page,
  api,
}) => {
  await page.setViewportSize({ width: 1440, height: 420 });
  const made = await Promise.all(Array.from({ length: 16 }, (_, n) => api.wait(`place-${n + 10}`)));
  await openList(page);
  await page.getByRole("button", { name: "Name" }).click();
  await page.getByRole("button", { name: /^Name/ }).click();
  await expect(page).toHaveURL(/sort=-name/);
  const grid = page.getByRole("grid", { name: "Containers" });
  await grid.hover();
  await page.mouse.wheel(0, 140);
  const scrolled = () => grid.evaluate((element) => element.scrollTop);
  await expect.poll(scrolled).toBe(140);
  const chosen = made[7];
  if (chosen === undefined) throw new Error("sixteen were made");
  await row(page, chosen).click({ position: { x: 60, y: 10 } });
  await expect(page.getByRole("heading", { name: chosen.name })).toBeVisible();
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page).toHaveURL(/tab=events/);
  await page.goBack();
  const restored = async (): Promise<void> => {
    await expect(page.getByRole("columnheader", { name: /^Name/ })).toHaveAttribute(
      "aria-sort",
      "descending",
    );
    await expect(row(page, chosen)).toHaveAttribute("aria-selected", "true");
    await expect.poll(scrolled).toBe(140);
    await expect(page.getByTestId("count")).toHaveText(/^16 of/);
  };
  await restored();
  await page.reload();
  await expectLive(page);
  await restored();
});

test("what cannot be taken back waits for the server: nothing changes before its answer", async ({
  page,
  api,
}) => {
  const made = await api.run("no-guess", "wait");
  await openContainer(page, made);
  const state = page.locator("h1 + span");
  await expect(state).toHaveText("running");
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/remove", async (route) => {
    await released;
    await route.continue();
  });
  await page.getByRole("button", { name: "Remove" }).click();
  const remove = page.getByRole("dialog").getByRole("button", { name: "Remove" });
  await remove.click();
  await expect(remove).toHaveAttribute("data-loading", "true");
  await expect(state).toHaveText("running");
  release();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(state).not.toHaveText("running");
});

test("a stop is held for ten seconds, in which z takes it back; left alone it is done", async ({
  page,
  api,
}) => {
  const made = await api.run("undone", "wait");
  await openContainer(page, made);
  const state = page.locator("h1 + span");
  await expect(state).toHaveText("running");
  const stop = page.getByRole("button", { name: "Stop" });
  const held = page.getByText(new RegExp(`${made.name} stops in \\d+ s`));
  await stop.click();
  await expect(held).toBeVisible();
  await expect(page.getByTestId("cause")).toContainText("stops at");
  await expect(state).toHaveText("running");
  await page.keyboard.press("z");
  await expect(held).toHaveCount(0);
  await expect(page.getByTestId("cause")).toHaveCount(0);
  expect((await api.read(made))["stop_at"]).toBeNull();
  await stop.click();
  await expect(held).toBeVisible();
  await page.getByRole("link", { name: "Overview g o" }).click();
  await expect(held, "wherever one goes").toBeVisible();
  await page.goBack();
  await expect(state).toHaveText("stopped", { timeout: 30_000 });
  await expect(held).toHaveCount(0);
});
