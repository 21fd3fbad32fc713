/** Pictures for the documentation, small enough to be kept: ORCHESTRA_SHOTS says where to; left out, none are taken. */
import type { Page } from "@playwright/test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = process.env["ORCHESTRA_SHOTS"] ?? "";
const QUALITY = 78;

export async function shoot(page: Page, name: string): Promise<void> {
  if (FOLDER === "") return;
  mkdirSync(FOLDER, { recursive: true });
  // Plots and fonts are there, and no pointer or caret is in the picture.
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
  const browser = await page.context().newCDPSession(page);
  const { data } = await browser.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await browser.detach();
  writeFileSync(join(FOLDER, `${name}.webp`), Buffer.from(data, "base64"));
}
