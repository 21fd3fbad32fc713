/** The keyboard alone: finds a row, opens it, asks why, and comes back to where it was. */
import { expect } from "@playwright/test";
import { away, openList, row, test } from "./fixtures";

test("the keyboard finds, opens and returns", async ({ page, api }) => {
  const made = await api.wait("keys");
  await openList(page);
  await away(page);
  await expect(row(page, made)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(made.name);
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: made.name })).toBeVisible();
  await page.keyboard.press("w");
  await expect(page.getByRole("tab", { name: "Why not placed" })).toHaveAttribute("aria-selected", "true");
  expect(page.url()).toContain("tab=why");
  await page.goBack();
  await expect(page.getByLabel("Filter containers")).toHaveValue(made.name);
});
