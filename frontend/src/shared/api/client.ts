/** The one way to the API: typed by the generated schema, with the session's CSRF token and a key on every POST. */
import createClient, { type Middleware } from "openapi-fetch";
import { readProblem } from "./problem";
import type { paths } from "./schema";

const CSRF_COOKIE = "orchestra_csrf";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
let tellLoggedOut: () => void = () => undefined;

/** Called when any request but the question "who am I" finds the session gone. */
export function onLoggedOut(callback: () => void): void {
  tellLoggedOut = callback;
}

export function newKey(): string {
  // randomUUID exists on https and localhost only; the console also runs on plain http inside a network.
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

const headers: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) return;
    request.headers.set("X-CSRFToken", cookie(CSRF_COOKIE));
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", newKey());
    }
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    if (response.status === 401 && !/\/(me|login|first-admin)$/.test(schemaPath)) tellLoggedOut();
    throw await readProblem(response);
  },
};

export const api = createClient<paths>({
  credentials: "same-origin",
  headers: { Accept: "application/json" },
});
api.use(headers);

/** The body of an answer that has one; a refusal has been thrown before. */
export function body<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw new Error("the answer has no body");
  return answer.data;
}
