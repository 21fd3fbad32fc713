// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { projectAt, rememberProject } from "./project";

const MINE = ["default", "shop"];

beforeEach(() => localStorage.clear());

test.each([
  ["/p/shop/containers", undefined, "shop"],
  ["/", "shop", "shop"],
  ["/", undefined, "default"],
  ["/p/of-others/containers", undefined, null],
  ["/p/%E0%A4%A/containers", undefined, null],
])("the project at %s, chosen %s, is %s", (path, chosen, project) => {
  expect(projectAt(path, chosen, MINE)).toBe(project);
});

test("where none is named it is the last one, as long as it is one of mine", () => {
  rememberProject("shop");
  expect(projectAt("/hosts", undefined, MINE)).toBe("shop");
  expect(projectAt("/hosts", undefined, ["default"])).toBe("default");
  expect(projectAt("/hosts", undefined, [])).toBeNull();
});
