import { expect, test } from "vitest";
import type { Platform } from "@/shared/api/types";
import { BeatWatch } from "./platform";

const at = (beat: number): Platform["processes"] => [
  { id: "p", role: "agent", name: "a:1", beat, leads: false, hosts: [], started_at: "" },
];

test("a process lives while its beat goes on, and is silent when it stood for longer than the wait", () => {
  const watch = new BeatWatch();
  expect(watch.lifeOf("p", 3, 0)).toBe("unknown");
  watch.observe(at(1), 0);
  expect(watch.lifeOf("p", 3, 1_000), "one reading proves nothing").toBe("unknown");
  watch.observe(at(4), 2_000);
  expect(watch.lifeOf("p", 3, 4_000)).toBe("alive");
  watch.observe(at(4), 4_000);
  watch.observe(at(4), 6_000);
  expect(watch.lifeOf("p", 3, 6_000)).toBe("alive");
  expect(watch.lifeOf("p", 3, 8_000)).toBe("silent");
  watch.observe(at(5), 8_000);
  expect(watch.lifeOf("p", 3, 8_000)).toBe("alive");
  watch.observe([], 9_000);
  expect(watch.lifeOf("p", 3, 9_000)).toBe("unknown");
});
