/** The filter of the list of services: words in name and image, `state:failed`, `rollout:running`. */
import type { ServiceTable } from "@/live/fleet";

export function serviceFilter(table: ServiceTable, query: string): (position: number) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map((word) => wordTest(table, word));
  return (at) => tests.every((test) => test(at));
}

function wordTest(table: ServiceTable, word: string): (position: number) => boolean {
  const [field = "", wanted = ""] = word.split(":", 2);
  if (word.includes(":") && (field === "state" || field === "rollout")) {
    const values = table.text(field);
    const any = wanted.split(",").filter(Boolean);
    return (at) => any.length === 0 || any.some((one) => values[at]?.startsWith(one));
  }
  const places = [table.text("name"), table.text("image"), table.text("id")];
  return (at) => places.some((values) => values[at]?.toLowerCase().includes(word));
}
