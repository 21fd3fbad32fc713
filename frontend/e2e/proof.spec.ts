/** The picture of why one waits, for docs/proof: ORCHESTRA_WHY names its slot, ORCHESTRA_PICTURES where they go. */
import { expect, test } from "@playwright/test";
import { join } from "node:path";
import { logIn } from "./console";

const SLOT = process.env["ORCHESTRA_WHY"] ?? "";
const SERVICE = process.env["ORCHESTRA_WHY_SERVICE"] ?? "";
const FOLDER = process.env["ORCHESTRA_PICTURES"] ?? "";

test.skip(SLOT === "" || FOLDER === "", "nothing to take a picture of");

test("why it waits, in both themes", async ({ page }) => {
  await logIn(page);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width: 1280, height: 1000 });
    await page.goto(`/p/default/containers/${SLOT}?tab=why`);
    await expect(page.getByTestId("fixes")).toBeVisible();
    await page.screenshot({ path: join(FOLDER, `explain-${theme}.png`) });
    await page.goto(`/p/default/services/${SERVICE}?tab=decisions`);
    await page.locator("[data-testid=decision] summary").first().click();
    await page.screenshot({ path: join(FOLDER, `explain-service-${theme}.png`), fullPage: true });
  }
});
