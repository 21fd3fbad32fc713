/** The server's errors at the fields of the form: a pointer names one, or one of its inner places. */
import type { FieldProblem } from "../api/types";
import { pointerParts } from "../lib/pointer";
import { type Draft, type Spec, withoutBlankRows } from "./draft";
import { isRecord } from "./values";

export type ErrorAt = (pointer: string) => string | undefined;

/** The messages at this pointer or below it. */
export function errorAt(fields: readonly FieldProblem[]): ErrorAt {
  return (pointer) => {
    const found = fields.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
    return found.length === 0 ? undefined : found.map((one) => one.message).join(" ");
  };
}

/** An error speaks of what was sent: it goes as soon as something else stands in its place. */
export function stillWrong(fields: readonly FieldProblem[], sent: Spec, now: Spec): FieldProblem[] {
  return fields.filter(
    ({ pointer }) => JSON.stringify(valueAt(sent, pointer)) === JSON.stringify(valueAt(now, pointer)),
  );
}

const ROWS = ["ports", "volumes", "tmpfs", "affinity"] as const;

/** Blank rows are not sent: an error of the second row that was sent may belong to the third one that is shown. */
export function asShown(fields: readonly FieldProblem[], draft: Draft, base = ""): FieldProblem[] {
  const sent = withoutBlankRows(draft);
  return fields.map((field) => {
    if (!field.pointer.startsWith(base)) return field;
    const [name, row, ...rest] = field.pointer.slice(base.length).split("/").slice(1);
    const list = ROWS.find((one) => one === name);
    if (list === undefined || row === undefined) return field;
    const kept: readonly object[] = sent[list];
    const shown: readonly object[] = draft[list];
    const wanted = kept[Number(row)];
    const place = wanted === undefined ? Number(row) : shown.indexOf(wanted);
    return { ...field, pointer: base + ["", list, place, ...rest].join("/") };
  });
}

function valueAt(spec: Spec, pointer: string): unknown {
  let value: unknown = spec;
  for (const part of pointerParts(pointer)) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isRecord(value) ? value[part] : undefined;
  }
  return value;
}

export function escapePointer(part: string): string {
  return part.replace(/~/g, "~0").replace(/\//g, "~1");
}
