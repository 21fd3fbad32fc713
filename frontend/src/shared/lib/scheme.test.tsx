// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useShownScheme } from "./scheme";

afterEach(cleanup);

function Drawing() {
  return <p>{useShownScheme()}</p>;
}

test("it follows what the page says, whoever has changed it", async () => {
  const page = document.documentElement;
  page.setAttribute("data-mantine-color-scheme", "dark");
  render(<Drawing />);
  expect(screen.getByText("dark")).toBeDefined();
  await act(async () => {
    page.setAttribute("data-mantine-color-scheme", "light");
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
  expect(screen.getByText("light")).toBeDefined();
});
