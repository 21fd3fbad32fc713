/** What the API's own schema says of a place in a spec: which keys there are, what they mean, what may stand there. */
import type { SpecSchema } from "../api/specSchema";

/** Any item of a list. */
export const ITEM = "*";

/** The schema at a path of keys and list items; undefined where the schema knows nothing. */
export function schemaAt(schema: SpecSchema, path: readonly string[]): SpecSchema | undefined {
  let here: SpecSchema | undefined = schema;
  for (const part of path) {
    if (part === ITEM || /^\d+$/.test(part)) here = listOf(here)?.items;
    else here = here.properties?.[part] ?? valuesOf(here);
    if (here === undefined) return undefined;
  }
  return here;
}

function listOf(schema: SpecSchema | undefined): SpecSchema | undefined {
  return schema?.items ? schema : schema?.anyOf?.find((one) => one.items);
}

function valuesOf(schema: SpecSchema | undefined): SpecSchema | undefined {
  const values = schema?.additionalProperties;
  return typeof values === "object" ? values : undefined;
}

export interface Key {
  name: string;
  schema: SpecSchema;
  isRequired: boolean;
}

/** The keys of an object, the required ones first; of a list: those of its items. */
export function keysAt(schema: SpecSchema | undefined): Key[] {
  const object = schema?.properties ? schema : schema?.items?.properties ? schema.items : undefined;
  const required = object?.required ?? [];
  const keys = Object.entries(object?.properties ?? {}).map(([name, inner]) => ({
    name,
    schema: inner,
    isRequired: required.includes(name),
  }));
  return keys.sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

/** What can be written as a value, as it would stand in YAML. */
export function valuesAt(schema: SpecSchema | undefined): string[] {
  if (!schema) return [];
  if (schema.enum) return schema.enum.filter((value) => value !== null).map(String);
  if (typesOf(schema).includes("boolean")) return ["true", "false"];
  const known = [...(schema.default === undefined ? [] : [schema.default]), ...(schema.examples ?? [])];
  return [...new Set(known.map(inline))];
}

export function typesOf(schema: SpecSchema): string[] {
  const types = schema.anyOf
    ? schema.anyOf.flatMap(typesOf)
    : typeof schema.type === "string"
      ? [schema.type]
      : [...(schema.type ?? [])];
  return [...new Set(types.filter((type) => type !== "null"))];
}

/** A value in one line, as YAML takes it. */
export function inline(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value).replace(/,(?=["{[\d])/g, ", ");
  return /^[\w./-][\w./:=!-]*$/.test(value) && !/^(true|false|null|[\d.]+)$/.test(value)
    ? value
    : JSON.stringify(value);
}

/** Numbers between which a value must lie, where the schema says so. */
export function rangeOf(schema: SpecSchema): string | null {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} – ${maximum}`;
  return minimum !== undefined && minimum > 0 ? `≥ ${minimum}` : null;
}
