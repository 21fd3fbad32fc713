/** The health check in the form: how it is asked, what is asked, how often. What the form does not know stays as it was. */
import { isRecord, number, text } from "./values";

export const HEALTH_KINDS = ["none", "http", "tcp", "test"] as const;
export type HealthKind = (typeof HEALTH_KINDS)[number];

export interface HealthDraft {
  health_kind: HealthKind;
  health_test: string;
  health_port: string;
  health_path: string;
  health_status: string;
  health_interval: string;
  health_timeout: string;
  health_retries: string;
  health_start: string;
}

export const NO_HEALTH: HealthDraft = {
  health_kind: "none",
  health_test: "",
  health_port: "",
  health_path: "",
  health_status: "",
  health_interval: "",
  health_timeout: "",
  health_retries: "",
  health_start: "",
};

type Values = Record<string, unknown>;

function given(values: Record<string, string | number>): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** What is sent; `before` is the check that the form was filled from. */
export function toHealthCheck(draft: HealthDraft, before: unknown): Values {
  if (draft.health_kind === "none") return {};
  const own = isRecord(before) ? before : {};
  const others = Object.entries(own).filter(([key]) => !["test", "http", "tcp"].includes(key));
  return {
    ...Object.fromEntries(others),
    [draft.health_kind]: question(draft, own[draft.health_kind]),
    ...given({
      interval: number(draft.health_interval),
      timeout: number(draft.health_timeout),
      retries: number(draft.health_retries),
      start_period: number(draft.health_start),
    }),
  };
}

function question(draft: HealthDraft, before: unknown): unknown {
  if (draft.health_kind === "test") {
    return draft.health_test.startsWith("[") ? parseList(draft.health_test) : draft.health_test;
  }
  const port = given({ port: number(draft.health_port) });
  if (draft.health_kind === "tcp") return port;
  const { host_header } = isRecord(before) ? before : {};
  return {
    ...port,
    ...given({ path: draft.health_path.trim(), status: draft.health_status.trim() }),
    ...(host_header === undefined ? {} : { host_header }),
  };
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function fromHealthCheck(value: unknown): HealthDraft {
  const check = isRecord(value) ? value : {};
  const { test, http, tcp } = check;
  const asked = isRecord(http) ? http : isRecord(tcp) ? tcp : {};
  return {
    health_kind: isRecord(http) ? "http" : isRecord(tcp) ? "tcp" : test === undefined ? "none" : "test",
    health_test: Array.isArray(test) ? JSON.stringify(test) : text(test),
    health_port: text(asked["port"]),
    health_path: text(asked["path"]),
    health_status: text(asked["status"]),
    health_interval: text(check["interval"]),
    health_timeout: text(check["timeout"]),
    health_retries: text(check["retries"]),
    health_start: text(check["start_period"]),
  };
}
