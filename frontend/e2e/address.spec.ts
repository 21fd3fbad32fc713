/** Every state of a screen stands in its address: given to somebody else, it shows the same. */
import { expect, type Page } from "@playwright/test";
import { expectLive, test } from "./fixtures";

interface Step {
  /** Where it starts. */
  path: string;
  act: (page: Page) => Promise<void>;
  /** What it looks like then, here and for whoever is given the address. */
  see: (page: Page) => Promise<void>;
}

const checked = (page: Page, name: string) =>
  expect(page.getByRole("radio", { name, exact: true })).toBeChecked();
const sorted = (page: Page, name: string) =>
  expect(page.getByRole("columnheader", { name: new RegExp(`^${name}`) })).toHaveAttribute(
    "aria-sort",
    /ending$/,
  );

const STEPS: Record<string, Step> = {
  "the metric of the map": {
    path: "/",
    act: (page) => page.getByRole("radiogroup", { name: "What the tiles show" }).getByText("Memory").click(),
    see: (page) => checked(page, "Memory"),
  },
  "the map as a list": {
    path: "/",
    act: (page) => page.getByRole("radiogroup", { name: "Map or list" }).getByText("List").click(),
    see: (page) => expect(page.getByRole("region", { name: "Host map" })).toBeVisible(),
  },
  "filter and sort of the hosts": {
    path: "/hosts",
    act: async (page) => {
      await page.getByLabel("Filter hosts").fill("state:ready");
      await page.getByRole("columnheader", { name: "Containers" }).getByRole("button").click();
    },
    see: async (page) => {
      await expect(page.getByLabel("Filter hosts")).toHaveValue("state:ready");
      await sorted(page, "Containers");
    },
  },
  "the dialog that adds a host": {
    path: "/hosts",
    act: (page) => page.getByRole("button", { name: "Add host" }).first().click(),
    see: (page) => expect(page.getByRole("dialog", { name: "Add host" })).toBeVisible(),
  },
  "filter and sort of the containers": {
    path: "/p/default/containers",
    act: async (page) => {
      await page.getByLabel("Filter containers").fill("state:running,pending");
      await page.getByRole("columnheader", { name: "Memory" }).getByRole("button").click();
      await page.waitForURL(/sort=-memory_bytes/); // the rows are painted first
    },
    see: async (page) => {
      await expect(page.getByLabel("Filter containers")).toHaveValue(/state:running,pending/);
      await sorted(page, "Memory");
    },
  },
  "the filter of the events": {
    path: "/events",
    act: (page) => page.getByLabel("Filter events").fill("kind:user.login"),
    see: async (page) => {
      await expect(page.getByLabel("Filter events")).toHaveValue("kind:user.login");
      await expect(page.getByRole("cell", { name: "user.login", exact: true }).first()).toBeVisible();
    },
  },
  "whose events": {
    path: "/events",
    act: (page) =>
      page.getByRole("radiogroup", { name: "Whose events" }).getByText("Project default").click(),
    see: (page) => checked(page, "Project default"),
  },
  "the tab of the settings": {
    path: "/settings",
    act: (page) => page.getByRole("tab", { name: "Health" }).click(),
    see: (page) => expect(page.getByRole("tab", { name: "Health" })).toHaveAttribute("aria-selected", "true"),
  },
};

test("whoever is given the address sees the same", async ({ page, api, context }) => {
  await api.wait("address");
  const other = await context.newPage();
  for (const [what, { path, act, see }] of Object.entries(STEPS)) {
    await test.step(what, async () => {
      await page.goto(path);
      await expectLive(page);
      await act(page);
      await see(page);
      const address = page.url();
      expect(address, what).not.toMatch(new RegExp(`${path}$`));
      await other.goto(address);
      await see(other);
    });
  }
});
