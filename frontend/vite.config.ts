import react from "@vitejs/plugin-react";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env["ORCHESTRA_URL"] ?? "http://127.0.0.1:8000";

const SPEC = "virtual:container-spec";

/** Of the API's document the editor of specs needs one component, not all of it. */
function specSchema(): Plugin {
  const file = fileURLToPath(new URL("./src/shared/api/openapi.json", import.meta.url));
  return {
    name: "container-spec",
    resolveId: (id) => (id === SPEC ? `\0${SPEC}` : null),
    load(id) {
      if (id !== `\0${SPEC}`) return null;
      this.addWatchFile(file);
      const document = JSON.parse(readFileSync(file, "utf8")) as {
        components: { schemas: { ContainerSpec: unknown } };
      };
      return `export default ${JSON.stringify(document.components.schemas.ContainerSpec)}`;
    },
  };
}

export default defineConfig({
  plugins: [react(), specSchema()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // The console is served under a policy that forbids data: fonts and inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // one bundle for now: 280 KB gzipped
  },
  server: {
    proxy: {
      "/api": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
