import { expect, test } from "vitest";
import { absentValues, complete, withoutValue } from "./completions";
import { listFilter, relax } from "./filter";
import { fleetOf } from "./testFleet";
import { readTokens } from "./tokens";

const FLEET = fleetOf(
  [
    { slot: "1", name: "web-1", state: "running", host: "fra-1", image: "shop/web:1", ports: "8080->80/tcp" },
    { slot: "2", name: "web-2", state: "failed", host: "fra-1", image: "shop/web:1", cpu_millis: 900 },
    {
      slot: "3",
      name: "db-1",
      state: "failed",
      host: "ber-1",
      image: "postgres:18",
      ports: "5432->5432/tcp",
    },
  ],
  [
    { name: "fra-1", zone: "fra" },
    { name: "ber-1", zone: "ber" },
    { name: "ber-2", zone: "ber" },
  ],
);
const labels = (text: string, cursor = text.length): string[] =>
  complete(FLEET, text, cursor).map(({ label }) => label);

function found(query: string): string[] {
  const test = listFilter(FLEET, query);
  return FLEET.containers.text("name").filter((_, at) => test(at));
}

test("nothing typed offers the keys; a beginning offers what begins with it", () => {
  expect(labels("")).toEqual(expect.arrayContaining(["state:", "host:", "image:", "cpu>"]));
  expect(labels("st")).toEqual(["state:"]);
  expect(labels("-st")).toEqual(["-state:"]);
});

test("values are those that are there, the most frequent first, with their counts", () => {
  expect(complete(FLEET, "host:", 5).map(({ label, count }) => [label, count])).toEqual([
    ["host:fra-1", 2],
    ["host:ber-1", 1],
    ["host:ber-2", 0],
  ]);
  expect(labels("state:f")).toEqual(["state:failed"]);
  expect(labels("zone:")).toEqual(["zone:fra", "zone:ber"]);
  expect(labels("port:8")).toEqual(["port:80", "port:8080"]);
  expect(labels("image:web")).toEqual(["image:shop/web:1"]);
});

test("a bare word is offered as the value it is", () => {
  expect(labels("fail")).toEqual(["state:failed"]);
  expect(labels("fra")).toEqual(["host:fra-1", "zone:fra"]);
  expect(labels("f")).toEqual([]);
});

test("after a comma another value is begun; one that is taken is not offered again", () => {
  expect(labels("state:failed,r")).toContain("state:failed,running");
  expect(labels("host:fra-1,")).not.toContain("host:fra-1,fra-1");
});

test("numbers are offered where numbers are compared", () => {
  expect(labels("cpu>")).toEqual(["cpu>25", "cpu>50", "cpu>80", "cpu>100"]);
  expect(labels("mem<1")).toEqual(["mem<128", "mem<1024"]);
  expect(labels("foo:b")).toEqual([]);
});

test("taking one keeps what stands before and after it, and puts the cursor behind it", () => {
  const [key] = complete(FLEET, "web sta", 7);
  expect(key).toMatchObject({ text: "web state:", cursor: 10 });
  const [value] = complete(FLEET, "state:fai web", 9);
  expect(value).toMatchObject({ text: "state:failed web", cursor: 13 });
  expect(complete(FLEET, "state:fai", 9)[0]).toMatchObject({ text: "state:failed ", cursor: 13 });
});

test("zones and ports are filters too; an unfinished token does not empty the list", () => {
  expect(found("zone:fra")).toEqual(["web-1", "web-2"]);
  expect(found("-zone:fra")).toEqual(["db-1"]);
  expect(found("zone:ber,fra state:failed")).toEqual(["web-2", "db-1"]);
  expect(found("port:80")).toEqual(["web-1"]);
  expect(found("port:543")).toEqual([]);
  expect(found("cpu>")).toHaveLength(3);
  expect(found("cpu>80")).toEqual(["web-2"]);
  expect(found("web:1")).toEqual(["web-1", "web-2"]);
});

test("a value that nothing has is named, and goes alone", () => {
  const text = "host:fra-1,fra-9 state:failed -image:redis";
  const absent = absentValues(FLEET, readTokens(text));
  expect(absent.map(({ value }) => value)).toEqual(["fra-9", "redis"]);
  expect(absent[0] && withoutValue(text, absent[0])).toBe("host:fra-1 state:failed -image:redis");
  expect(absent[1] && withoutValue(text, absent[1])).toBe("host:fra-1,fra-9 state:failed");
  // Nothing is pending now, but that is a word of the API; a host without containers is there.
  expect(absentValues(FLEET, readTokens("state:pending host:ber-2 zone:fr"))).toEqual([]);
});

test("an empty list says which token to leave out", () => {
  expect(relax(FLEET, "state:failed host:fra-1 db")).toMatchObject({ without: "host:fra-1", count: 1 });
  expect(relax(FLEET, "nothing")).toBeNull();
});
