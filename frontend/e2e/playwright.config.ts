import { defineConfig } from "@playwright/test";

/** Runs against a console that is up: ORCHESTRA_URL says where. Chromium is the machine's own. */
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  workers: 1,
  fullyParallel: false,
  reporter: [["list"]],
  projects: [
    { name: "road", testMatch: /road\.spec/ },
    // Logs in with the account that the road has made.
    { name: "live", testMatch: /live\.spec/, dependencies: ["road"] },
    { name: "face", testMatch: /face\.spec/, dependencies: ["road"] },
    { name: "admin", testMatch: /admin\.spec/, dependencies: ["road"] },
    { name: "keyboard", testMatch: /keyboard\.spec/, dependencies: ["road"] },
    { name: "lists", testMatch: /lists\.spec/, dependencies: ["road"] },
    { name: "pages", testMatch: /pages\.spec/, dependencies: ["road"] },
  ],
  use: {
    baseURL: process.env["ORCHESTRA_URL"] ?? "http://127.0.0.1:8000",
    actionTimeout: 20_000,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
