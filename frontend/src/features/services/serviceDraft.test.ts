import { expect, test } from "vitest";
import { diffSpecs, makesRevision } from "./diff";
import { EMPTY_SERVICE, SERVICE_FORM } from "./serviceDraft";

const { toSpec, fromSpec, withoutBlankRows, asShown } = SERVICE_FORM;

const FULL = {
  name: "web",
  replicas: 3,
  container: { image: "nginx:1.29", ports: [{ container_port: 80, protocol: "tcp" }], restart: "none" },
  update: {
    order: "stop-first",
    max_surge: 0,
    max_unavailable: 1,
    on_failure: "pause",
    hold_after_first: true,
  },
  stop_delay: 5,
  strict: true,
};

test("a spec goes through the form and comes back whole", () => {
  expect(toSpec(fromSpec(FULL))).toEqual(FULL);
  const odd = { ...FULL, later: { a: 1 }, update: { ...FULL.update, later: 2 } };
  expect(toSpec(fromSpec(odd))).toEqual(odd);
});

test("what is usual is not said, and a blank form says nothing", () => {
  expect(toSpec(EMPTY_SERVICE)).toEqual({});
  const usual = { ...FULL, mode: "replicated", container: { image: "a:1", restart: "always" }, update: {} };
  expect(toSpec(fromSpec(usual))).toEqual({
    ...{ name: "web", replicas: 3, stop_delay: 5, strict: true },
    container: { image: "a:1" },
  });
  const global = fromSpec({ name: "log", mode: "global", container: { image: "a:1" } });
  expect(toSpec({ ...global, replicas: "7" })).not.toHaveProperty("replicas");
});

test("what is no number goes as it was typed, for the server to refuse", () => {
  expect(toSpec({ ...fromSpec(FULL), replicas: "many", batch: "two" })).toMatchObject({
    replicas: "many",
    update: { batch: "two" },
  });
});

test("an error of a row of the container stands at the row that is shown", () => {
  const draft = fromSpec(FULL);
  const blank = { container_port: "", host_port: "", protocol: "tcp" };
  const shown = { ...draft, container: { ...draft.container, ports: [blank, ...draft.container.ports] } };
  expect(withoutBlankRows(shown).container.ports).toHaveLength(1);
  const field = { pointer: "/container/ports/0/container_port", code: "invalid", message: "m" };
  const own = { pointer: "/replicas", code: "invalid", message: "m" };
  expect(asShown([field, own], shown).map(({ pointer }) => pointer)).toEqual([
    "/container/ports/1/container_port",
    "/replicas",
  ]);
});

test("a difference names each place, and only another container makes a revision", () => {
  const scaled = diffSpecs(FULL, { ...FULL, replicas: 5, update: { ...FULL.update, max_surge: 2 } });
  expect(scaled).toEqual([
    { path: "/replicas", from: 3, to: 5 },
    { path: "/update/max_surge", from: 0, to: 2 },
  ]);
  expect(makesRevision(scaled)).toBe(false);
  const changed = diffSpecs(FULL, {
    ...FULL,
    container: { ...FULL.container, image: "nginx:1.30", env: { A: "1" } },
  });
  expect(changed.map(({ path }) => path)).toEqual(["/container/image", "/container/env"]);
  expect(makesRevision(changed)).toBe(true);
});
