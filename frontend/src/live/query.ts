/**
 * The filter of the list of containers: words (found in name, image, host) and `field:value`, `-field:value`,
 * `cpu>80` (per cent of a core), `mem>512` (MiB). Commas mean "or", blanks mean "and".
 */
import type { ContainerTable } from "./fleet";
import { foldedOf } from "./folded";

type Test = (position: number) => boolean;
const MIB = 1024 * 1024;
const TEXT_FIELDS = {
  state: "state",
  status: "status",
  health: "health",
  host: "host",
  image: "image",
  name: "name",
  ports: "ports",
  port: "ports",
  reason: "reason",
} as const;
const NUMBER_FIELDS = {
  cpu: { column: "cpu_millis", unit: 10 },
  mem: { column: "memory_bytes", unit: MIB },
  attempt: { column: "attempt", unit: 1 },
} as const;
const WHOLE_WORD = new Set(["state", "status", "health"]);

export function containerFilter(table: ContainerTable, query: string): Test {
  const tests = query
    .toLowerCase()
    .split(/\s+/)
    .filter((token) => token !== "")
    .map((token) => tokenTest(table, token));
  return (position) => tests.every((test) => test(position));
}

function tokenTest(table: ContainerTable, token: string): Test {
  const negated = token.startsWith("-") && token.length > 1;
  const test = fieldTest(table, negated ? token.slice(1) : token);
  return negated ? (position) => !test(position) : test;
}

function fieldTest(table: ContainerTable, token: string): Test {
  const number = /^(cpu|mem|attempt)([<>])(\d+(?:\.\d+)?)%?$/.exec(token);
  if (number) {
    const { column, unit } = NUMBER_FIELDS[number[1] as keyof typeof NUMBER_FIELDS];
    const limit = Number(number[3]) * unit;
    const values = table.num(column);
    return number[2] === ">" ? (at) => (values[at] ?? NaN) > limit : (at) => (values[at] ?? NaN) < limit;
  }
  const colon = token.indexOf(":");
  const field = token.slice(0, Math.max(colon, 0));
  const wanted = token
    .slice(colon + 1)
    .split(",")
    .filter((word) => word !== "");
  if (colon > 0 && field in TEXT_FIELDS) {
    const values = table.text(TEXT_FIELDS[field as keyof typeof TEXT_FIELDS]);
    if (wanted.length === 0) return () => true;
    if (WHOLE_WORD.has(field)) return (at) => wanted.some((word) => values[at]?.startsWith(word));
    return (at) => wanted.some((word) => values[at]?.toLowerCase().includes(word));
  }
  const folded = foldedOf(table);
  return (at) => folded.read(at).includes(token);
}
