import { portLink, type PublishedPort } from "../lib/ports";

/** Published ports as links to where they answer. */
export function PortLinks({
  ports,
  dataAddress,
  tabIndex,
}: {
  ports: readonly PublishedPort[];
  dataAddress: string | undefined;
  /** -1 in a list that is one tab stop. */
  tabIndex?: number;
}) {
  return (
    <>
      {ports.map((port, index) => {
        const href = portLink(port, dataAddress, window.location.hostname);
        const text = `${port.host_port}→${port.container_port}${port.protocol === "tcp" ? "" : `/${port.protocol}`}`;
        return (
          <span key={`${port.host_port}/${port.protocol}`} className="mono">
            {index > 0 && ", "}
            {href === null ? (
              <span className="soft">{text}</span>
            ) : (
              <a href={href} target="_blank" rel="noreferrer" tabIndex={tabIndex}>
                {text}
              </a>
            )}
          </span>
        );
      })}
    </>
  );
}
