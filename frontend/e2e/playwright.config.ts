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
    // Makes the account that all others log in with, and adds the hosts.
    { name: "first", testMatch: "first.spec.ts" },
    { name: "road", testMatch: "road.spec.ts", dependencies: ["first"] },
    { name: "live", testMatch: "live.spec.ts", dependencies: ["road"] },
    { name: "face", testMatch: "face.spec.ts", dependencies: ["road"] },
    { name: "admin", testMatch: "admin.spec.ts", dependencies: ["road"] },
    { name: "keyboard", testMatch: "keyboard.spec.ts", dependencies: ["road"] },
    { name: "lists", testMatch: "lists.spec.ts", dependencies: ["road"] },
    { name: "pages", testMatch: "pages.spec.ts", dependencies: ["road"] },
    { name: "services", testMatch: ["services.spec.ts", "plans.spec.ts"], dependencies: ["first"] },
    { name: "explain", testMatch: "explain.spec.ts", dependencies: ["first"] },
    { name: "proof", testMatch: "proof.spec.ts" },
    { name: "rules", testMatch: "rules*.spec.ts", dependencies: ["first"] },
    {
      name: "states",
      testMatch: ["states.spec.ts", "address.spec.ts", "screens.spec.ts"],
      dependencies: ["first"],
    },
    { name: "shots", testMatch: "shots.spec.ts" },
  ],
  use: {
    baseURL: process.env["ORCHESTRA_URL"] ?? "http://127.0.0.1:8000",
    actionTimeout: 20_000,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    contextOptions: { reducedMotion: "reduce" }, // what fades and slides is drawn sixty times a second
    trace: process.env["ORCHESTRA_TRACE"] === undefined ? "off" : "retain-on-failure", // films each page: costs a core
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
