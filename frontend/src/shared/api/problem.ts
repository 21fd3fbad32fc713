/** What went wrong with a request: the server's own words, or the fact that it gave none. */
import type { FieldProblem, Problem } from "./types";

export class RequestFailed extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly fields: readonly FieldProblem[];

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "RequestFailed";
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.request_id;
    this.fields = problem.errors;
  }

  /** Whether the server has decided: the same request under the same key would get the same answer. */
  get isFinal(): boolean {
    return this.status > 0 && this.status < 500;
  }
}

export async function readProblem(response: Response): Promise<RequestFailed> {
  const requestId = response.headers.get("X-Request-ID") ?? "";
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return new RequestFailed({ ...body, request_id: body.request_id || requestId });
  } catch {
    // Not JSON: something between us and the server answered. Its status is all there is.
  }
  return new RequestFailed({
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "unexpected-answer",
    detail: `${response.status} ${response.statusText}`.trim(),
    request_id: requestId,
    errors: [],
  });
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    "errors" in body &&
    Array.isArray(body.errors)
  );
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof RequestFailed && error.status === status;
}
