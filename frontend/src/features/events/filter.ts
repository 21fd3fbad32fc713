/** The filter of the history: words, and `level:`, `kind:`, `object:`, `actor:`. Commas mean "or", blanks mean "and". */
import type { OrchestraEvent } from "@/shared/api/types";
import { objectName } from "@/shared/ui/EventObject";

type Read = (event: OrchestraEvent) => string;
const FIELDS: Readonly<Record<string, Read>> = {
  level: (event) => event.level,
  kind: (event) => event.kind,
  object: (event) => `${event.object_kind}:${objectName(event)} ${event.object_id}`,
  actor: (event) => event.actor,
  project: (event) => event.project ?? "",
};
const ANYWHERE: Read = (event) =>
  [event.kind, event.actor, event.message, objectName(event), event.object_id].join("\n");

export function eventFilter(query: string): (event: OrchestraEvent) => boolean {
  const tests = query
    .toLowerCase()
    .split(/\s+/)
    .filter((token) => token !== "")
    .map(tokenTest);
  return (event) => tests.every((test) => test(event));
}

function tokenTest(token: string): (event: OrchestraEvent) => boolean {
  const colon = token.indexOf(":");
  const read = colon > 0 ? FIELDS[token.slice(0, colon)] : undefined;
  if (!read) return (event) => ANYWHERE(event).toLowerCase().includes(token);
  const wanted = token
    .slice(colon + 1)
    .split(",")
    .filter((word) => word !== "");
  return (event) => wanted.length === 0 || wanted.some((word) => read(event).toLowerCase().includes(word));
}
