/** Single values on their way between a form's texts and JSON. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers go as numbers; what is not one goes as it was typed, and the server says what is wrong with it. */
export function number(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text.trim();
}

export function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
