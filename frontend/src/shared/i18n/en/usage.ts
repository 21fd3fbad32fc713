/** English: plots of what is used. */
export const usage = {
  usage: {
    range: "How far back",
    last: { "1h": "1 h", "6h": "6 h", "24h": "24 h" },
    used: "used",
    reserved: "reserved now",
    allocatable: "allocatable",
    limit: "limit",
    request: "requested",
    cpu: "CPU",
    memory: "Memory",
    none: "No readings yet",
    soon: "The first reading comes within some ten seconds of the start.",
    drag: "drag to zoom, double-click to go back",
  },
};
