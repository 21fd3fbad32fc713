import { expect, test } from "vitest";
import schema from "virtual:container-spec";
import { fromSpec, type Spec, toSpec } from "./draft";
import { keysAt, schemaAt, valuesAt } from "./specHelp";
import { placeAt } from "./yamlPlace";
import { lineOf, markAt, mergeYaml, readYaml } from "./yamlText";

const TEXT = `# the shop's front
name: web
image: nginx:1.27   # pinned
env:
  LOG: info
ports:
  - container_port: 80
    host_port: 99999
  - container_port: 443
resources:
  memory: lots
`;

/** The cursor stands at the bar. */
function place(marked: string) {
  const offset = marked.indexOf("|");
  return placeAt(marked.replace("|", ""), offset);
}

test.each([
  ["na|", [], "", false],
  ["name: web\nres|", [], "", false],
  ["resources:\n  mem|", ["resources"], "", false],
  ["resources:\n  memory: 2|", ["resources"], "memory", true],
  ["resources:\n  |", ["resources"], "", false],
  ["ports:\n  - con|", ["ports", "*"], "", false],
  ["ports:\n- con|", ["ports", "*"], "", false],
  ["ports:\n  - container_port: 80\n    pro|", ["ports", "*"], "", false],
  ["ports:\n  - container_port: 80\n    protocol: |", ["ports", "*"], "protocol", true],
  ["ports:\n- container_port: 80\n  protocol: t|", ["ports", "*"], "protocol", true],
  ["ports:\n  - container_port: 80\n\n# more\nrestart: al|", [], "restart", true],
  ["health_check:\n  test: [x]\n\n  inter|", ["health_check"], "", false],
])("finds the place in %j", (marked, path, key, isValue) => {
  expect(place(marked)).toMatchObject({ path, key, isValue });
});

test("the schema knows what stands at a place", () => {
  expect(
    keysAt(schemaAt(schema, []))
      .slice(0, 2)
      .map((key) => key.name),
  ).toEqual(["name", "image"]);
  expect(keysAt(schemaAt(schema, ["ports"])).map((key) => key.name)).toContain("host_port");
  expect(keysAt(schemaAt(schema, ["ports", "*"]))[0]).toMatchObject({
    name: "container_port",
    isRequired: true,
  });
  expect(valuesAt(schemaAt(schema, ["restart"]))).toEqual(["none", "on-failure", "always"]);
  expect(valuesAt(schemaAt(schema, ["init"]))).toEqual(["true", "false"]);
  expect(schemaAt(schema, ["env", "ANY"])?.type).toBe("string");
  expect(schemaAt(schema, ["nothing", "such"])).toBeUndefined();
});

test("every key says what it means, and gives a default, an example or its words", () => {
  const bare: string[] = [];
  const look = (path: string[]): void => {
    for (const { name, schema: one } of keysAt(schemaAt(schema, path))) {
      const isShown = valuesAt(one).length > 0 || one.default !== undefined || one.examples !== undefined;
      if (!one.description || !isShown) bare.push([...path, name].join("."));
      if (one.properties ?? one.items?.properties) look([...path, name]);
    }
  };
  look([]);
  expect(bare).toEqual([]);
});

function markedText(pointer: string, code = "invalid"): string {
  const { document } = readYaml(TEXT, "");
  const { from, to } = markAt(document, TEXT, { pointer, code, message: "m" });
  return `${lineOf(TEXT, from)}: ${TEXT.slice(from, to)}`;
}

test("what the server refuses is marked at its exact line: the value, or the key where there is none", () => {
  expect(markedText("/resources/memory")).toBe("11: lots");
  expect(markedText("/ports/0/host_port")).toBe("8: 99999");
  expect(markedText("/env/LOG", "unknown")).toBe("5: LOG");
  expect(markedText("/ports/1")).toBe("9: container_port: 443");
  expect(markedText("/resources/cpu", "required")).toBe("10: resources");
  expect(markedText("/missing", "required")).toBe("1: # the shop's front");
});

test("an error of YAML itself has its place, and there is no spec", () => {
  const { spec, marks } = readYaml("name: web\nimage: [a\n", "no object");
  expect(spec).toBeNull();
  expect(lineOf("name: web\nimage: [a\n", marks[0]?.from ?? 0)).toBeGreaterThanOrEqual(2);
  expect(readYaml("a: 1\na: 2\n", "").marks[0]?.message).toMatch(/unique/i);
  expect(readYaml("- a", "no object").marks[0]?.message).toBe("no object");
  expect(readYaml("  \n", "")).toMatchObject({ spec: {}, marks: [] });
});

test("a bomb of aliases is refused and does not hang the page", () => {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(",")}]`,
  );
  const { spec, marks } = readYaml(["l0: &l0 [x]", ...levels].join("\n"), "");
  expect(spec).toBeNull();
  expect(marks).toHaveLength(1);
});

test("the form's changes are laid into the text; comments, order and unknown keys stay", () => {
  const text = `${TEXT}restart: none\nx_later: {a: 1}\n`;
  const spec = readYaml(text, "").spec as Spec;
  const draft = fromSpec(spec);
  const base = toSpec(draft);
  expect(mergeYaml(text, base, toSpec(draft))).toBe(text);
  const merged = mergeYaml(
    text,
    base,
    toSpec({ ...draft, image: "nginx:1.29", memory: "64m", user: "1000" }),
  );
  expect(merged).toContain("# the shop's front\nname: web\nimage: nginx:1.29 # pinned");
  expect(merged).toContain("memory: 64m");
  expect(merged).toContain("restart: none");
  expect(readYaml(merged, "").spec).toEqual({
    ...spec,
    image: "nginx:1.29",
    user: "1000",
    resources: { memory: "64m" },
  });
  const emptied = mergeYaml(text, base, toSpec({ ...draft, env: [], memory: "" }));
  expect(readYaml(emptied, "").spec).not.toHaveProperty("env");
});

test("an empty form begins with an empty text, a filled one with its spec", () => {
  expect(mergeYaml("", {}, {})).toBe("");
  expect(readYaml(mergeYaml("", {}, { name: "web", ports: [{ container_port: 80 }] }), "").spec).toEqual({
    name: "web",
    ports: [{ container_port: 80 }],
  });
});
