// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { RequestFailed } from "../api/problem";
import { en } from "../i18n/en";
import { ErrorNote } from "./ErrorNote";
import { nextSort, readSort, step, writeSort } from "./grid";
import { PanelBoundary } from "./PanelBoundary";
import { ContainerStatus } from "./Status";
import { CONTAINER_LOOK } from "./status";
import { Verb } from "./Verb";

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: "en", resources: { en: { translation: en } } });
});
afterEach(cleanup);

function show(part: ReactNode): void {
  render(<MantineProvider env="test">{part}</MantineProvider>);
}

const PROBLEM = {
  type: "",
  title: "Conflict",
  status: 409,
  code: "busy",
  detail: "it is busy",
  request_id: "r-17",
  errors: [],
};

test("an error says what failed, with its request id, and can be tried again", async () => {
  const retry = vi.fn();
  show(<ErrorNote error={new RequestFailed(PROBLEM)} onRetry={retry} />);
  expect(screen.getByRole("alert").textContent).toContain("it is busy");
  expect(screen.getByText("r-17")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("what is forbidden offers no second try", () => {
  show(<ErrorNote error={new RequestFailed({ ...PROBLEM, status: 403 })} onRetry={() => undefined} />);
  expect(screen.queryByRole("button")).toBeNull();
});

test("a verb that cannot be done can be focused, says why, and does nothing", async () => {
  const act = vi.fn();
  show(<Verb label="Stop" refusal="It does not run" onClick={act} />);
  const button = screen.getByRole("button", { name: "Stop" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  await userEvent.click(button);
  expect(act).not.toHaveBeenCalled();
  expect((await screen.findByRole("tooltip")).textContent).toBe("It does not run");
});

test("a part that breaks leaves the rest alone and comes back", async () => {
  let isBroken = true;
  function Fragile() {
    if (isBroken) throw new Error("no such thing");
    return <p>well again</p>;
  }
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  show(
    <>
      <p>the rest</p>
      <PanelBoundary>
        <Fragile />
      </PanelBoundary>
    </>,
  );
  expect(screen.getByText("the rest")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("no such thing");
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByText("well again")).toBeTruthy();
});

test("every state has a word; a state from a newer server is shown as it came", () => {
  for (const state of Object.keys(CONTAINER_LOOK)) {
    show(<ContainerStatus state={state} />);
    expect(screen.getByText(en.state[state as keyof typeof en.state])).toBeTruthy();
    cleanup();
  }
  show(<ContainerStatus state="levitating" />);
  expect(screen.getByText("levitating")).toBeTruthy();
});

test("the sort goes into the address and back; numbers start with the largest", () => {
  const fallback = { column: "state", descending: false };
  expect(readSort(undefined, fallback)).toBe(fallback);
  for (const text of ["name", "-cpu_millis"]) expect(writeSort(readSort(text, fallback))).toBe(text);
  expect(nextSort(fallback, "cpu_millis", true)).toEqual({ column: "cpu_millis", descending: true });
  expect(nextSort(fallback, "state", false)).toEqual({ column: "state", descending: true });
});

test("the selection moves within the list", () => {
  expect(step("j", -1, 3, 20)).toBe(0);
  expect(step("ArrowDown", 2, 3, 20)).toBe(2);
  expect(step("PageUp", 2, 3, 20)).toBe(0);
  expect(step("End", 0, 3, 20)).toBe(2);
  expect(step("x", 0, 3, 20)).toBeNull();
  expect(step("j", -1, 0, 20)).toBeNull();
});
