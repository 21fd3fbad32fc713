import type { Words } from "../words";
import type { hosts as english } from "../en/hosts";

/** German: the list of hosts and the page of one. */
export const hosts: Words<typeof english> = {
  hosts: {
    title: "Hosts",
    filter: "Hosts filtern",
    filterHint: "state:lost zone:fra name",
    add: "Host hinzufügen",
    addVerb: "Hinzufügen",
    added: "Host {{name}} wurde hinzugefügt",
    empty: "Noch keine Hosts",
    emptyText:
      "Ein Host ist eine Docker-Engine: ein lokaler Socket oder eine TCP-Adresse mit TLS-Schlüsseln. Orchestra liest ihre Größe und verteilt Container darauf.",
    noMatch: "Kein Host passt zu „{{query}}“",
    missing: "Diesen Host gibt es nicht",
    name: "Name",
    url: "URL der Engine",
    urlHint: "unix:///var/run/docker.sock oder tcp://10.0.0.5:2376",
    tlsHint:
      "Mit einer TCP-Engine wird über beidseitiges TLS gesprochen. Die drei PEM-Texte einfügen; sie werden versiegelt und nie wieder gezeigt.",
    ca: "CA-Zertifikat",
    cert: "Client-Zertifikat",
    key: "Client-Schlüssel",
    dataAddress: "Datenadresse",
    dataAddressHint: "unter der veröffentlichte Ports erreichbar sind; leer: die Adresse aus der URL",
    labels: "Labels",
    cordon: "Sperren",
    uncordon: "Entsperren",
    capacity: "Kapazität",
    conditions: "Bedingungen",
    reachable: "erreichbar",
    responsive: "reagiert",
    facts: "Engine",
    factsHidden: "mehr sehen Plattform-Admins",
    noContainers: "Keine Container auf diesem Host",
    usage: "{{used}} benutzt, {{reserved}} reserviert von {{allocatable}}",
    cpuHead: "CPU benutzt / reserviert / Kerne",
    memoryHead: "Speicher benutzt / reserviert / gesamt",
  },
};
