import { expect, test } from "vitest";
import { RequestFailed } from "@/shared/api/problem";
import { bulk, choose, isRunning, runBulk } from "./bulk";

const TARGETS = ["a", "b", "c", "d"].map((id) => ({ id, name: `c-${id}` }));

test("each is asked once, what is refused is not asked, and every result names its object", async () => {
  const sent: string[] = [];
  const results = await runBulk({
    project: "p",
    verb: "stop",
    targets: TARGETS,
    refusal: (id) => (id === "b" ? "already-removed" : null),
    send: (id) => {
      sent.push(id);
      if (id === "c") return Promise.reject(new RequestFailed({ ...PROBLEM, detail: "it is busy" }));
      if (id === "d") return Promise.reject(new TypeError("no answer"));
      return Promise.resolve();
    },
  });
  expect(sent.sort()).toEqual(["a", "c", "d"]);
  const outcomes = Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]));
  expect(outcomes).toEqual({
    a: "done",
    b: { refusal: "already-removed" },
    c: { words: "it is busy" },
    d: { words: "" },
  });
  expect(bulk.get()).toMatchObject({ total: 4, isOver: true });
});

test("it is looked at again right before it is asked: what goes meanwhile is not asked any more", async () => {
  const gone = new Set<string>();
  const many = Array.from({ length: 20 }, (_, i) => ({ id: String(i), name: String(i) }));
  const results = await runBulk({
    project: "p",
    verb: "remove",
    targets: many,
    refusal: (id) => (gone.has(id) ? "already-removed" : null),
    send: (id) => {
      if (id === "0") for (const one of many.slice(10)) gone.add(one.id);
      expect(isRunning()).toBe(true);
      return Promise.resolve();
    },
  });
  expect(results.filter(({ outcome }) => outcome !== "done")).toHaveLength(10);
  expect(isRunning()).toBe(false);
});

test("the choice counts the reasons", () => {
  const choice = choose(TARGETS, (id) =>
    id === "a" ? "already-ended" : id === "d" ? null : "being-removed",
  );
  expect(choice.allowed.map(({ id }) => id)).toEqual(["d"]);
  expect([...choice.refused]).toEqual([
    ["already-ended", 1],
    ["being-removed", 2],
  ]);
});

const PROBLEM = {
  type: "",
  title: "Conflict",
  status: 409,
  code: "busy",
  detail: "",
  request_id: "r",
  errors: [],
};
