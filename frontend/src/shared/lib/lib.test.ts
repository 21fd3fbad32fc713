import { expect, test } from "vitest";
import { readSpans } from "./ansi";
import { shortImage, showAge, showCores, showCpuShare, showMemory, showMoment } from "./format";
import { pointerParts } from "./pointer";
import { portLink, readPorts } from "./ports";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [64 * 1024 ** 2, "64 MiB"],
  [22.4 * 1024 ** 3, "22.4 GiB"],
  [NaN, "–"],
  [null, "–"],
])("shows %s bytes as %s", (bytes, text) => {
  expect(showMemory(bytes)).toBe(text);
});

test("CPU is shown as per cent of a core, and as cores", () => {
  expect([0, 4, 123, 2000, NaN].map(showCpuShare)).toEqual(["0 %", "0.4 %", "12 %", "200 %", "–"]);
  expect([100, 1000, 1250, 24_000].map(showCores)).toEqual(["0.1", "1", "1.25", "24"]);
});

test("an age is one number", () => {
  const hour = 3_600_000;
  expect([-5, 4_000, 90_000, 5 * hour, 47 * hour, 72 * hour].map(showAge)).toEqual([
    "0s",
    "4s",
    "1m",
    "5h",
    "47h",
    "3d",
  ]);
  expect(showMoment(null)).toBe("–");
  expect(showMoment("2026-11-22T12:58:01Z")).toMatch(/^2026-11-2\d \d\d:58:01$/);
});

test("an image is named by its last part", () => {
  expect(shortImage("registry:5000/shop/web:1.4")).toBe("web:1.4");
  expect(shortImage(`shop/web@sha256:${"ab".repeat(32)}`)).toBe("web@abababab");
});

test("ports are read from the feed's text; what is not published is left out", () => {
  expect(readPorts("8080->80/tcp, 443/tcp, 9000->9000/udp")).toEqual([
    { host_port: 8080, container_port: 80, protocol: "tcp" },
    { host_port: 9000, container_port: 9000, protocol: "udp" },
  ]);
});

test("a port links to the host's data address; a loopback host is where the console is", () => {
  const port = { host_port: 8080, container_port: 80, protocol: "tcp" };
  expect(portLink(port, "10.0.0.5", "console.lan")).toBe("http://10.0.0.5:8080");
  expect(portLink(port, "127.0.0.1", "console.lan")).toBe("http://console.lan:8080");
  expect(portLink(port, "127.0.0.1", "127.0.0.1")).toBe("http://127.0.0.1:8080");
  expect(portLink(port, "fd00::5", "console.lan")).toBe("http://[fd00::5]:8080");
  expect(portLink({ ...port, container_port: 443 }, "10.0.0.5", "x")).toBe("https://10.0.0.5:8080");
  expect(portLink({ ...port, protocol: "udp" }, "10.0.0.5", "x")).toBeNull();
  expect(portLink(port, undefined, "x")).toBeNull();
});

test("a JSON pointer is unescaped part by part", () => {
  expect(pointerParts("/env/a~1b~0c/0")).toEqual(["env", "a/b~c", "0"]);
  expect(pointerParts("")).toEqual([]);
});

test("log colours survive, other escapes go, a plain line gets the colour of its level", () => {
  const spans = readSpans("\u001b[1;31mbad\u001b[0m \u001b[2Kgood");
  expect(spans.map((span) => [span.text, span.colour, span.isBold])).toEqual([
    ["bad", 1, true],
    [" ", null, false],
    ["good", null, false],
  ]);
  expect(readSpans("12:00 ERROR no disk").map((span) => span.colour)).toEqual([null, 1, null]);
  expect(readSpans("an ERRORneous line")).toHaveLength(1);
});
