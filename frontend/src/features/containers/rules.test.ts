import { expect, test } from "vitest";
import type { Container } from "@/shared/api/types";
import { firstTab, refusal } from "./rules";
import { factsOf, rowRefusal } from "./rowFacts";
import { fleetOf } from "./testFleet";

function container(part: Partial<Container>): Container {
  const plain = {
    status: "running",
    state: "running",
    desired: "run",
    gone_at: null,
    stop_at: null,
    superseded: false,
    service_id: null,
  };
  return { ...plain, follows: false, ...part } as Container;
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
  [{ status: "failed" }, "already-ended"],
  [{ status: "failed", follows: true }, null],
  [{ status: "pending" }, null],
  [{ status: "stopping", desired: "stop" }, "stop-asked"],
  [{ status: "stopping", desired: "stop", follows: true }, null],
  [{ desired: "remove" }, "being-removed"],
  [{ desired: "remove", gone_at: "2026-11-22T12:00:00Z" }, "already-removed"],
  [{ superseded: true }, "superseded"],
] as const)("stop of %o is refused by %s", (part, reason) => {
  expect(refusal("stop", container(part), true)).toBe(reason);
});

test("what has ended can be started again and removed", () => {
  const ended = container({ status: "stopped", desired: "stop" });
  expect(refusal("restart", ended, true)).toBeNull();
  expect(refusal("remove", ended, true)).toBeNull();
});

test("what belongs to a service is stopped through the service, and restarted by itself", () => {
  const web = container({ service_id: "5f0c1a52-0000-4000-8000-000000000001" });
  for (const verb of ["stop", "keep", "remove"] as const)
    expect(refusal(verb, web, true)).toBe("of-a-service");
  expect(refusal("restart", web, true)).toBeNull();
});

test("what was asked already is not asked again", () => {
  expect(refusal("restart", container({ desired: "stop", follows: true }), true)).toBe("restart-asked");
  expect(refusal("remove", container({ desired: "remove" }), true)).toBe("remove-asked");
});

test("what waits for a place opens on the reasons, all else on its log", () => {
  const waits = { status: "pending", state: "pending", message: "0 of 3 hosts fit", reason: "" } as const;
  expect(firstTab(container(waits))).toBe("why");
  expect(firstTab(container({ ...waits, message: "" }))).toBe("logs");
  expect(firstTab(container({ ...waits, state: "restarting" }))).toBe("logs");
});

test("a row of the list knows whether it is a service's, as its page does", () => {
  const fleet = fleetOf([
    { slot: "a", status: "pending", desired: "run", service: "" },
    { slot: "b", status: "running", desired: "run", service: "web" },
  ]);
  expect(rowRefusal("stop", factsOf(fleet.containers, "a"), true)).toBeNull();
  expect(rowRefusal("stop", factsOf(fleet.containers, "b"), true)).toBe("of-a-service");
});
