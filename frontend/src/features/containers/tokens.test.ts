import { expect, test } from "vitest";
import { nearestKey, readTokens, withoutToken } from "./tokens";

test("tokens know where they stand and what they ask for", () => {
  expect(readTokens("web  -state:failed,lost cpu>80%")).toMatchObject([
    { text: "web", from: 0, to: 3, key: null, trouble: null },
    { from: 5, to: 23, isNot: true, key: "state", sign: ":", values: ["failed", "lost"], trouble: null },
    { key: "cpu", sign: ">", values: ["80%"], trouble: null },
  ]);
  expect(readTokens("   ")).toEqual([]);
  expect(readTokens("-")).toMatchObject([{ isNot: false, key: null }]);
});

test.each([
  ["foo:bar", "unknownKey"],
  ["redis:7", "unknownKey"],
  ["cpu:80", "needsCompare"],
  ["mem>lots", "needsNumber"],
  ["mem>", null],
  ["state>failed", "needsColon"],
  ["ports:80", null],
  ["HOST:h-1", null],
] as const)("%s: %s", (text, trouble) => {
  expect(readTokens(text)[0]?.trouble).toBe(trouble);
});

test("a token is taken out without a trace", () => {
  const text = "web state:failed cpu>80";
  const [first, second] = readTokens(text);
  expect(second && withoutToken(text, second)).toBe("web cpu>80");
  expect(first && withoutToken(text, first)).toBe("state:failed cpu>80");
});

test("the key that was meant is named, when one is near", () => {
  expect(nearestKey("sate")).toBe("state");
  expect(nearestKey("hostname")).toBe("host");
  expect(nearestKey("memory")).toBe("mem");
  expect(nearestKey("registry")).toBeNull();
});
