/** YAML to a spec and back: exact places of what is wrong, and changes of the form laid into the text as it stands. */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  stringify,
} from "yaml";
import type { FieldProblem } from "../api/types";
import { pointerParts } from "../lib/pointer";
import type { Spec } from "./draft";
import { isRecord } from "./values";

/** Something wrong between two offsets of the text. */
export interface Mark {
  from: number;
  to: number;
  message: string;
}

export interface ReadYaml {
  /** Null while the text is no object in YAML. A blank text is an empty spec. */
  spec: Spec | null;
  marks: Mark[];
  document: Document.Parsed;
}

const MOST_ALIASES = 50;

export function readYaml(text: string, notObject: string): ReadYaml {
  const document = parseDocument(text, { prettyErrors: false });
  const marks = [...document.errors, ...document.warnings].map(({ pos: [from, to], message }) => ({
    ...within(text, from, to),
    message,
  }));
  if (document.errors.length > 0) return { spec: null, marks, document };
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (value === null || value === undefined) return { spec: {}, marks, document };
    if (isRecord(value)) return { spec: value, marks, document };
    return { spec: null, marks: [...marks, { ...firstLine(text), message: notObject }], document };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { spec: null, marks: [...marks, { ...firstLine(text), message }], document };
  }
}

/** What the server says of a pointer, at the key or the value it speaks of; where that is missing, at what is around it. */
export function markAt(document: Document.Parsed, text: string, field: FieldProblem): Mark {
  const isAboutKey = ["unknown", "forbidden", "required"].includes(field.code);
  let here: unknown = document.contents;
  let found: Node | null = null;
  for (const part of pointerParts(field.pointer)) {
    const step = stepInto(here, part);
    if (step === null) break;
    found = isAboutKey || !isFilledScalar(step.value) ? step.key : (step.value as Node);
    here = step.value;
  }
  const range = found?.range;
  if (!range) return { ...firstLine(text), message: field.message };
  return { ...within(text, range[0], range[1]), message: field.message };
}

function stepInto(node: unknown, part: string): { key: Node; value: unknown } | null {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === part);
    return pair && isNode(pair.key) ? { key: pair.key, value: pair.value } : null;
  }
  const item = isSeq(node) ? node.items[Number(part)] : undefined;
  return isNode(item) ? { key: item, value: item } : null;
}

function isFilledScalar(value: unknown): boolean {
  return (
    isScalar(value) && value.range !== null && value.range !== undefined && value.range[1] > value.range[0]
  );
}

/** At least one letter wide, inside the text, and never over the end of the first line. */
function within(text: string, from: number, to: number): { from: number; to: number } {
  const start = Math.min(from, Math.max(0, text.length - 1));
  const lineEnd = text.indexOf("\n", start);
  const end = Math.min(to, lineEnd < 0 ? text.length : lineEnd);
  return { from: start, to: Math.min(text.length, Math.max(end, start + 1)) };
}

function firstLine(text: string): { from: number; to: number } {
  return within(text, 0, text.length);
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The text with what changed between two specs: comments, order and what the form does not know stay. */
export function mergeYaml(text: string, before: Spec, after: Spec): string {
  if (text.trim() !== "" && isSame(before, after)) return text;
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    return Object.keys(after).length === 0 ? "" : stringify(after, { lineWidth: 0 });
  }
  layOver(document, [], [before, after]);
  return document.toString({ lineWidth: 0 });
}

function layOver(document: Document, path: readonly string[], [before, after]: readonly [Spec, Spec]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    const at = [...path, key];
    if (isSame(old, now)) continue;
    if (now === undefined) document.deleteIn(at);
    else if (isRecord(old) && isRecord(now) && isMap(document.getIn(at))) layOver(document, at, [old, now]);
    else document.setIn(at, typeof now === "object" ? document.createNode(now) : now);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (isRecord(one) && isRecord(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].every((key) => isSame(one[key], other[key]));
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
