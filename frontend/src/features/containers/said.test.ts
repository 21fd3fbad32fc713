import { expect, test } from "vitest";
import { saidOf } from "./said";

test("a text is translated once, and said of every name", () => {
  let asked = 0;
  const say = saidOf((name) => {
    asked += 1;
    return `Log of ${name}: open ${name}`;
  });
  expect(say("web-1")).toBe("Log of web-1: open web-1");
  expect(say("$&")).toBe("Log of $&: open $&");
  expect(asked).toBe(1);
});
