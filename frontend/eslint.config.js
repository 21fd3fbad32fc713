import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

// app -> features -> shared -> live, never upward, and no feature imports another.
const features = readdirSync(new URL("./src/features", import.meta.url));

const forbid = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map(([group, message]) => ({ group, message })) }],
});

const UP = "Imports go app -> features -> shared -> live, never upward.";
const limits = {
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 5],
};

export default tseslint.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "src/shared/api/schema.d.ts",
      "src/shared/api/rules.generated.ts",
      "test-results",
      "playwright-report",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } },
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      // The rules for React Compiler do not apply: it is not used, and the live columns are changed in place.
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      ...limits,
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text only." },
      ],
      "no-console": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ["src/live/**"],
    rules: forbid(
      [["react", "react-*", "@mantine/*", "@tanstack/*"], "live/ knows no React."],
      [["@/app/*", "@/features/*", "@/shared/*"], UP],
    ),
  },
  { files: ["src/shared/**"], rules: forbid([["@/app/*", "@/features/*"], UP]) },
  ...features.map((own) => ({
    files: [`src/features/${own}/**`],
    rules: forbid(
      [["@/app/*"], UP],
      ...features
        .filter((other) => other !== own)
        .map((other) => [
          [`@/features/${other}`, `@/features/${other}/*`],
          "Features never import each other.",
        ]),
    ),
  })),
  { files: ["**/*.test.{ts,tsx}", "e2e/**"], rules: { "max-lines-per-function": "off" } },
  // A list of texts grows with the console and has no logic.
  { files: ["src/shared/i18n/*.ts"], rules: { "max-lines": "off" } },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
  { files: ["eslint.config.js"], languageOptions: { globals: { URL: "readonly" } } },
  {
    files: ["public/*.js"],
    languageOptions: { globals: { localStorage: "readonly", document: "readonly", window: "readonly" } },
  },
);
