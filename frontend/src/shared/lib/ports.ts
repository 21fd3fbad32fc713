/** Published ports: from the fleet's text column or from the API, to something that can be clicked. */

export interface PublishedPort {
  host_port: number;
  container_port: number;
  protocol: string;
}

/** Reads `8080->80/tcp, 9000->9000/udp`. What is not published is left out. */
export function readPorts(text: string): PublishedPort[] {
  return [...text.matchAll(/(\d+)->(\d+)\/(\w+)/g)].map((match) => ({
    host_port: Number(match[1]),
    container_port: Number(match[2]),
    protocol: match[3] ?? "tcp",
  }));
}

const LOOPBACK = new Set(["", "127.0.0.1", "::1", "localhost", "0.0.0.0", "::"]);

/** Only TCP can be opened in a browser. A host reached over loopback is reached where the console is. */
export function portLink(
  port: PublishedPort,
  dataAddress: string | undefined,
  consoleHost: string,
): string | null {
  if (port.protocol !== "tcp" || dataAddress === undefined) return null;
  const address =
    LOOPBACK.has(dataAddress) && !LOOPBACK.has(consoleHost) ? consoleHost : dataAddress || consoleHost;
  const scheme = port.container_port === 443 || port.container_port === 8443 ? "https" : "http";
  return `${scheme}://${address.includes(":") ? `[${address}]` : address}:${port.host_port}`;
}
