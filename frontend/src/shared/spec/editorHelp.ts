/** Help from the API's schema while a spec is written: completion of keys and values, and words on hovering. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { hoverTooltip, type Tooltip } from "@codemirror/view";
import type { SpecSchema } from "../api/specSchema";
import { inline, ITEM, keysAt, rangeOf, schemaAt, typesOf, valuesAt } from "./specHelp";
import { placeAt, type Place } from "./yamlPlace";

const INDENT = "  ";

export function completion(schema: SpecSchema) {
  return (context: CompletionContext): CompletionResult | null => complete(schema, context);
}

function complete(schema: SpecSchema, context: CompletionContext): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  const isFresh = place.typed === "";
  if (isFresh && !context.explicit && !place.isValue) return null;
  const options = place.isValue ? valueOptions(schema, place) : keyOptions(schema, place);
  if (options.length === 0) return null;
  return { from: place.from, options, validFor: /^[\w./:"-]*$/ };
}

function keyOptions(schema: SpecSchema, place: Place): Completion[] {
  const here = schemaAt(schema, place.path);
  // Below the key of a list each item begins with a dash.
  const dash = here?.items && place.path.at(-1) !== ITEM ? "- " : "";
  return keysAt(here).map(({ name, schema: one, isRequired }) => ({
    label: name,
    type: "property",
    detail: isRequired ? "required" : typesOf(one).join(" | "),
    info: () => words(wordsFor(one)),
    apply: dash + name + opening(one, place.column + dash.length),
    boost: isRequired ? 1 : 0,
  }));
}

/** What follows a new key: its value on the same line, or the first line of what stands below it. */
function opening(one: SpecSchema, column: number): string {
  const below = `:\n${" ".repeat(column)}${INDENT}`;
  if (one.items && !one.anyOf) return `${below}- `;
  return one.properties || typeof one.additionalProperties === "object" ? below : ": ";
}

function valueOptions(schema: SpecSchema, place: Place): Completion[] {
  const one = schemaAt(schema, [...place.path, place.key]);
  return valuesAt(one).map((value) => ({ label: value, type: one?.enum ? "enum" : "constant" }));
}

export function hover(schema: SpecSchema) {
  return hoverTooltip((view, position): Tooltip | null => {
    const text = view.state.doc.toString();
    const line = view.state.doc.lineAt(position);
    const place = placeAt(text, position);
    const one = place.key === "" ? undefined : schemaAt(schema, [...place.path, place.key]);
    if (!one?.description) return null;
    const from = line.from + Math.max(0, line.text.indexOf(place.key));
    if (position < from || position > from + place.key.length) return null;
    return {
      pos: from,
      end: from + place.key.length,
      above: true,
      create: () => ({ dom: words(`${[...place.path, place.key].join(".")}\n${wordsFor(one)}`) }),
    };
  });
}

function words(text: string): HTMLElement {
  const made = document.createElement("div");
  made.className = "cm-help";
  made.textContent = text;
  return made;
}

function wordsFor(one: SpecSchema): string {
  const range = rangeOf(one);
  return [
    one.description,
    range === null ? null : `range: ${range}`,
    one.default === undefined ? null : `default: ${inline(one.default)}`,
    one.examples?.length ? `example: ${one.examples.map(inline).join(" or ")}` : null,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join("\n");
}
