import { expect, test } from "vitest";
import { de } from "./de";
import { en } from "./en";

function leaves(words: object, prefix = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? leaves(value, `${prefix}${key}.`)
      : [[prefix + key, String(value)]],
  );
}

const placeholders = (text: string): string[] =>
  [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1] ?? "").sort();

test("English and German have the same keys", () => {
  expect(leaves(de).map(([key]) => key)).toEqual(leaves(en).map(([key]) => key));
});

test("each text names the same values in both languages, and none is empty", () => {
  const german = new Map(leaves(de));
  for (const [key, text] of leaves(en)) {
    expect(text, key).not.toBe("");
    expect(german.get(key), key).not.toBe("");
    expect(placeholders(german.get(key) ?? ""), key).toEqual(placeholders(text));
  }
});
