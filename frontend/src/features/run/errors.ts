/** The server's errors at the fields of the form: a pointer names one, or one of its inner places. */
import type { FieldProblem } from "@/shared/api/types";

export type ErrorAt = (pointer: string) => string | undefined;

/** The messages at this pointer or below it. */
export function errorAt(fields: readonly FieldProblem[]): ErrorAt {
  return (pointer) => {
    const found = fields.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
    return found.length === 0 ? undefined : found.map((one) => one.message).join(" ");
  };
}

export function escapePointer(part: string): string {
  return part.replace(/~/g, "~0").replace(/\//g, "~1");
}
