import react from "@vitejs/plugin-react";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env["ORCHESTRA_URL"] ?? "http://127.0.0.1:8000";

/** The specs that people write here, by the module that brings their schema. */
const SPECS: Readonly<Record<string, string>> = {
  "virtual:container-spec": "ContainerSpec",
  "virtual:service-spec": "ServiceSpec",
};

/** Of the API's document the editor of specs needs two components, not all of it. */
function specSchemas(): Plugin {
  const file = fileURLToPath(new URL("./src/shared/api/openapi.json", import.meta.url));
  return {
    name: "spec-schemas",
    resolveId: (id) => (id in SPECS ? `\0${id}` : null),
    load(id) {
      const component = SPECS[id.slice(1)];
      if (!id.startsWith("\0") || component === undefined) return null;
      this.addWatchFile(file);
      const document = JSON.parse(readFileSync(file, "utf8")) as {
        components: { schemas: Record<string, unknown> };
      };
      return `export default ${JSON.stringify(document.components.schemas[component])}`;
    },
  };
}

export default defineConfig({
  plugins: [react(), specSchemas()],
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
    environment: "node", // most test rules without a page, and to make one takes longer; the others ask for it
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
