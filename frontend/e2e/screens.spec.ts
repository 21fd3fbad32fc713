/** Every page, in both themes: nothing that somebody cannot see, read or reach. */
import { expect } from "@playwright/test";
import { expectAccessible, putBrakeOn } from "./console";
import { expectLive, openContainer, TAG, test } from "./fixtures";
import { open, SCREENS } from "./screens";

const SERVICES = "/api/v1/projects/default/services";

test("no page has a violation in either theme", async ({ page, api, browser, baseURL }) => {
  test.slow();
  const running = await api.run("screens", "tick");
  const pending = await api.wait("screens-pending");
  const { results } = (await (await page.request.get("/api/v1/hosts?limit=1")).json()) as {
    results: { name: string }[];
  };
  const host = results[0]?.name ?? "";
  putBrakeOn(host);
  const { image } = await api.read(running);
  const container = { image, command: ["act", "wait"], resources: { memory: "8m" }, stop_grace: 1 };
  const made = await api.post(SERVICES, { name: `screens-${TAG}`, container });
  const service = String(made["id"]);
  const sights = { host, running: running.slot, pending: pending.slot, service };
  await openContainer(page, running);
  await expect(page.locator("h1 + span")).toHaveText("running");
  const stranger = await browser.newPage({
    baseURL: baseURL ?? "",
    storageState: { cookies: [], origins: [] },
  });
  for (const screen of SCREENS) {
    await test.step(screen.name, async () => {
      const seen = screen.isOutside ? stranger : page;
      await open(seen, screen, sights, { isSoft: !screen.isOutside });
      if (!screen.isOutside && screen.name !== "nowhere") await expectLive(seen);
      await expectAccessible(seen, screen.name);
    });
  }
  await api.post(`${SERVICES}/${service}/remove`, {});
  await stranger.close();
});
