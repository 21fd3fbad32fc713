import { describe, expect, it } from "vitest";
import type { Change } from "@/shared/api/types";
import { exactOf } from "./changes";

const change = (kind: string, field: string, value: unknown, shown: string): Change => ({
  ...{ kind, field, value, shown, words: "", host: null, alike: 0 },
});

describe("what to write where", () => {
  it("sets amounts as they are typed", () => {
    expect(exactOf(change("memory", "resources.memory", "1.7g", "1.7 GiB"))).toBe("resources.memory: 1.7g");
    expect(exactOf(change("uncordon", "availability", "active", "cordoned"))).toBe("availability: active");
  });
  it("adds to lists, and takes out of them", () => {
    expect(exactOf(change("tolerate", "tolerations", ["spot"], "spot"))).toBe("tolerations: + spot");
    expect(exactOf(change("constraint", "constraints", ["zone=fra"], "zone=fra"))).toBe(
      "constraints: − zone=fra",
    );
  });
  it("shows what it does not know as the server does", () => {
    expect(exactOf(change("newer", "field", 7, "seven"))).toBe("field: seven");
  });
});
