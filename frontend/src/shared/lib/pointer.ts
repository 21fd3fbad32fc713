/** JSON pointers (RFC 6901) to names of form fields and back: `/ports/0/host_port` <-> `ports.0.host_port`. */

export function pointerParts(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}
