/** What the tests of the console share: watching for what must never happen, and axe. */
import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** Errors of the page and refusals of its content policy, as they come. */
export function watch(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    // A refused request is also logged by the browser: those are the tests' own.
    const isOwn = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isOwn) found.push(message.text());
  });
  return found;
}

/** No axe violation on this page, in both themes. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const theme of ["dark", "light"]) {
    await page.evaluate(
      (name) => document.documentElement.setAttribute("data-mantine-color-scheme", name),
      theme,
    );
    // Evaluated and not added as a script: the page's policy forbids inline ones.
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
      return (await axe.run()).violations.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
    });
    expect(violations, `${what}, ${theme}`).toEqual([]);
    if (process.env["ORCHESTRA_SHOTS"]) {
      await page.screenshot({ path: `${process.env["ORCHESTRA_SHOTS"]}/${what}-${theme}.png` });
    }
  }
}
