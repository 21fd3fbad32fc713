import { expect, test } from "vitest";
import type { Container } from "@/shared/api/types";
import { firstTab, refusal } from "./rules";

function container(part: Partial<Container>): Container {
  return { status: "running", state: "running", desired: "run", gone_at: null, ...part } as Container;
}

test("a viewer may do nothing", () => {
  expect(refusal("stop", container({}), false)).toBe("viewer");
  expect(refusal("remove", container({}), false)).toBe("viewer");
});

test("what runs can be stopped, restarted and removed", () => {
  for (const verb of ["stop", "restart", "remove"] as const)
    expect(refusal(verb, container({}), true)).toBeNull();
});

test.each([
  [{ status: "failed", state: "failed" }, "ended"],
  [{ status: "failed", state: "restarting" }, null],
  [{ status: "pending", state: "restarting" }, null],
  [{ status: "stopping", state: "stopping", desired: "stop" }, "stopping"],
  [{ desired: "remove" }, "removing"],
  [{ desired: "remove", gone_at: "2026-11-22T12:00:00Z" }, "gone"],
] as const)("stop of %o is refused by %s", (part, reason) => {
  expect(refusal("stop", container(part), true)).toBe(reason);
});

test("what has ended can be started again and removed", () => {
  const ended = container({ status: "stopped", state: "stopped", desired: "stop" });
  expect(refusal("restart", ended, true)).toBeNull();
  expect(refusal("remove", ended, true)).toBeNull();
});

test("what waits for a place opens on the reasons, all else on its log", () => {
  const waits = { status: "pending", state: "pending", message: "0 of 3 hosts fit", reason: "" } as const;
  expect(firstTab(container(waits))).toBe("why");
  expect(firstTab(container({ ...waits, message: "" }))).toBe("logs");
  expect(firstTab(container({ ...waits, state: "restarting" }))).toBe("logs");
});
