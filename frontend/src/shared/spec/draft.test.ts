import { expect, test } from "vitest";
import { EMPTY, fromSpec, toSpec, withoutBlankRows } from "./draft";
import { asShown, errorAt, stillWrong } from "./errors";
import { NO_RULE } from "./placementDraft";
import { joinWords, splitWords } from "./words";

const FULL = {
  name: "web",
  image: "registry:5000/shop/web:1.4",
  command: ["sh", "-c", 'echo "hello" $HOME; sleep 1'],
  entrypoint: ["/entry point"],
  env: { A: "1", B: "" },
  labels: { team: "shop" },
  ports: [
    { container_port: 80, protocol: "tcp", host_port: 8080 },
    { container_port: 53, protocol: "udp" },
  ],
  volumes: [{ name: "data", path: "/data", read_only: true }],
  tmpfs: [{ path: "/tmp", size: "64m" }],
  resources: {
    cpu: "0.5",
    memory: "256m",
    cpu_limit: "1",
    memory_limit: "512m",
    gpus: { count: 2, models: ["A100", "T4"] },
  },
  user: "1000:1000",
  workdir: "/app",
  init: false,
  stop_signal: "TERM",
  stop_grace: 10,
  read_only: true,
  health_check: { test: ["CMD", "true"], interval: 10, timeout: 5, retries: 3, start_period: 7 },
  restart: "always",
  constraints: ["zone=ams,fra", "gpu", "!spot", "cores>8"],
  tolerations: ["dedicated=ml", "spot"],
  affinity: [{ service: "db" }, { label: "team=shop", apart: true, within: "zone", prefer: 50 }],
  max_per: { host: 1, zone: 3 },
  needs: { license: 1 },
  placement_policy: "binpack",
  priority: -5,
};

test("a spec goes through the form and comes back whole", () => {
  expect(toSpec(fromSpec(FULL))).toEqual(FULL);
  expect(toSpec(fromSpec({ ...FULL, something_new: { x: 1 } }))).toEqual({
    ...FULL,
    something_new: { x: 1 },
  });
});

test.each([
  { http: { port: 80, path: "/healthz", status: "200-299", host_header: "shop.example.com" }, interval: 5 },
  { http: { port: 80 } },
  { tcp: { port: 5432 }, start_period: 30, something_new: 1 },
  { test: "curl localhost" },
])("a health check goes through the form and comes back whole: %j", (health_check) => {
  expect(toSpec(fromSpec({ name: "web", health_check }))).toEqual({ name: "web", health_check });
});

test.each([{ count: 1 }, { share: "0.5" }, { share: "0.5", models: ["A100"] }, { models: ["A100"] }])(
  "GPUs go through the form and come back whole: %j",
  (gpus) => {
    expect(toSpec(fromSpec({ name: "web", resources: { gpus } }))).toEqual({
      name: "web",
      resources: { gpus },
    });
  },
);

test("another kind of health check takes the place of the one before", () => {
  const draft = fromSpec({ health_check: { http: { port: 80, path: "/x", host_header: "y" }, interval: 5 } });
  expect(toSpec({ ...draft, health_kind: "tcp" })["health_check"]).toEqual({
    tcp: { port: 80 },
    interval: 5,
  });
  expect(toSpec({ ...draft, health_kind: "none" })["health_check"]).toBeUndefined();
  expect(toSpec({ ...EMPTY, health_kind: "http" })["health_check"]).toEqual({ http: {} });
});

test("a spec of the form itself says only what was filled in", () => {
  expect(toSpec({ ...EMPTY, name: " web ", image: "nginx" })).toEqual({ name: "web", image: "nginx" });
});

test("what is not a number is sent as typed, for the server to refuse", () => {
  const draft = { ...EMPTY, ports: [{ container_port: "80a", host_port: "", protocol: "tcp" }] };
  expect(toSpec(draft)["ports"]).toEqual([{ container_port: "80a", protocol: "tcp" }]);
});

test("rules that nobody wrote are not sent; the place of the others is told where they are shown", () => {
  const draft = { ...EMPTY, affinity: [NO_RULE, { ...NO_RULE, name: "db", within: "a b" }] };
  const sent = toSpec(withoutBlankRows(draft));
  expect(sent["affinity"]).toEqual([{ service: "db", within: "a b" }]);
  expect(asShown([FIELD("/affinity/0/within")], draft)[0]?.pointer).toBe("/affinity/1/within");
});

test("blank rows go before sending, so that the server's row numbers are ours", () => {
  const blank = { container_port: "", host_port: " ", protocol: "tcp" };
  const draft = { ...EMPTY, ports: [blank, { container_port: "80", host_port: "", protocol: "tcp" }] };
  expect(withoutBlankRows(draft).ports).toHaveLength(1);
});

test.each([
  ["a b  c", ["a", "b", "c"]],
  [`sh -c "echo 'x y'"`, ["sh", "-c", "echo 'x y'"]],
  [`a '' b\\ c`, ["a", "", "b c"]],
  ["", []],
])("splits %s", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test("join and split are inverse", () => {
  for (const words of [
    ["a b", "c"],
    ["", "x"],
    [`"`, "\\", "'"],
    ["$HOME", "*"],
  ]) {
    expect(splitWords(joinWords(words))).toEqual(words);
  }
});

const FIELD = (pointer: string) => ({ pointer, code: "invalid", message: `wrong at ${pointer}` });

test("an error stands at its field and at the fields around it", () => {
  const at = errorAt([FIELD("/ports/0/host_port"), FIELD("/name")]);
  expect(at("/ports/0/host_port")).toBe("wrong at /ports/0/host_port");
  expect(at("/ports")).toBe("wrong at /ports/0/host_port");
  expect(at("/ports/0/host")).toBeUndefined();
  expect(at("/image")).toBeUndefined();
});

test("an error goes when something else stands in its place", () => {
  const sent = { name: "A", env: { "a/b": "1" }, ports: [{ container_port: 0 }] };
  const fields = [FIELD("/name"), FIELD("/env/a~1b"), FIELD("/ports/0/container_port"), FIELD("/missing")];
  const pointers = (now: object) => stillWrong(fields, sent, now as never).map((field) => field.pointer);
  expect(pointers(sent)).toHaveLength(4);
  expect(pointers({ ...sent, name: "a" })).not.toContain("/name");
  expect(pointers({ ...sent, env: { "a/b": "2" } })).not.toContain("/env/a~1b");
  expect(pointers({ ...sent, ports: [] })).not.toContain("/ports/0/container_port");
});
