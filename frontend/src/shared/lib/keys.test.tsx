// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useKeys } from "./keys";

afterEach(cleanup);

const press = (key: string): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  return event;
};

/** A page that Escape leaves, and a filter on it that Escape empties first. */
function shown() {
  const did: string[] = [];
  let text = "words";
  const page = () => renderHook(() => useKeys({ Escape: () => void did.push("left") }, true));
  const filter = () =>
    renderHook(() =>
      useKeys({
        Escape: () => {
          if (text === "") return false;
          text = "";
          did.push("emptied");
          return true;
        },
      }),
    );
  return { did, page, filter };
}

test.each(["page", "filter"] as const)(
  "Escape is asked of a part before its page, whichever came first: %s",
  (first) => {
    const { did, page, filter } = shown();
    if (first === "page") page();
    filter();
    if (first === "filter") page();
    press("Escape");
    expect(did).toEqual(["emptied"]);
    press("Escape");
    expect(did).toEqual(["emptied", "left"]);
  },
);

test("a part that has gone is not asked, and what nobody wants stays the browser's", () => {
  const { did, page, filter } = shown();
  const part = filter();
  const whole = page();
  part.unmount();
  press("Escape");
  expect(did).toEqual(["left"]);
  whole.unmount();
  expect(press("Escape").defaultPrevented).toBe(false);
});
