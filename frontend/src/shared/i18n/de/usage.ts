import type { Words } from "../words";
import type { usage as english } from "../en/usage";

/** German: plots of what is used. */
export const usage: Words<typeof english> = {
  usage: {
    range: "Wie weit zurück",
    last: { "1h": "1 h", "6h": "6 h", "24h": "24 h" },
    used: "benutzt",
    reserved: "jetzt reserviert",
    allocatable: "vergebbar",
    limit: "Grenze",
    request: "angefragt",
    cpu: "CPU",
    memory: "Speicher",
    none: "Noch keine Messwerte",
    soon: "Der erste Messwert kommt etwa zehn Sekunden nach dem Start.",
    drag: "Ziehen vergrößert, Doppelklick zeigt wieder alles",
  },
};
