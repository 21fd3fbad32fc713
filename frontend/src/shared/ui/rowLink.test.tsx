// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { followed, rowLink } from "./rowLink";

afterEach(cleanup);

test("a plain click is followed; with a key, elsewhere or on another link the browser sees to it", () => {
  const led: (string | null)[] = [];
  render(
    <div
      role="presentation"
      onClick={(event) => {
        led.push(followed(event));
        event.preventDefault();
      }}
    >
      {rowLink("/hosts/h1", "h1")}
      <a href="http://h1:80">80</a>
      <b>words</b>
    </div>,
  );
  fireEvent.click(screen.getByText("h1"));
  fireEvent.click(screen.getByText("h1"), { ctrlKey: true });
  fireEvent.click(screen.getByText("80"));
  fireEvent.click(screen.getByText("words"));
  expect(led).toEqual(["/hosts/h1", null, null, null]);
});
