// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { session } from "../live/session";
import { fetchAgain, PartMissing } from "./lazyPart";

function failing(times: number) {
  let left = times;
  return vi.fn(() => (left-- > 0 ? Promise.reject(new TypeError("gone")) : Promise.resolve("part")));
}

test("what breaks off is asked for again", async () => {
  const load = failing(2);
  expect(await fetchAgain(load, [1, 1, 1])).toBe("part");
  expect(load).toHaveBeenCalledTimes(3);
});

test("while the server is away nothing is asked, and it is as soon as it is back", async () => {
  session.client.freshness = "offline";
  let tell = (): void => undefined;
  vi.spyOn(session.client, "onFreshness").mockImplementation((listener) => {
    tell = listener;
    return () => undefined;
  });
  const load = failing(1);
  const part = fetchAgain(load, [1]);
  await new Promise((resolve) => setTimeout(resolve, 30));
  tell();
  expect(load).toHaveBeenCalledTimes(1);
  session.client.freshness = "live";
  tell();
  expect(await part).toBe("part");
});

test("what does not come from a server that answers is missing", async () => {
  await expect(fetchAgain(failing(9), [1, 1])).rejects.toBeInstanceOf(PartMissing);
});
