// @vitest-environment node
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("schema.d.ts is what gen:api makes of openapi.json", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    const fresh = join(folder, "schema.d.ts");
    const tool = "node_modules/openapi-typescript/bin/cli.js";
    execFileSync(process.execPath, [tool, "src/shared/api/openapi.json", "--output", fresh, "--alphabetize"]);
    const isFresh = readFileSync("src/shared/api/schema.d.ts", "utf8") === readFileSync(fresh, "utf8");
    expect(isFresh, "schema.d.ts is stale: run `make generate` and commit what it writes").toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
