import { expect, test } from "vitest";
import type { OrchestraEvent } from "@/shared/api/types";
import { eventFilter } from "./filter";

const EVENT: OrchestraEvent = {
  id: "1",
  at: "2026-11-22T12:00:00Z",
  level: "warning",
  kind: "container.failed",
  actor: "agent:local",
  project: "default",
  object_kind: "container",
  object_id: "5f1c",
  host_id: 3,
  message: "exited 137: out of memory",
  data: { name: "shop-web-1", slot: "5f1c" },
  request_id: "",
};

test.each([
  ["", true],
  ["memory", true],
  ["SHOP", true],
  ["level:error,warning", true],
  ["level:error", false],
  ["kind:failed object:web", true],
  ["object:container:shop", true],
  ["kind:failed object:mail", false],
  ["actor:anna", false],
  ["5f1c", true],
  ["level:", true],
])("the filter %j finds the event: %s", (query, finds) => {
  expect(eventFilter(query)(EVENT)).toBe(finds);
});
