import type { Words } from "../words";
import type { settings as english } from "../en/settings";

/** German: the settings. */
export const settings: Words<typeof english> = {
  settings: {
    tab: { profile: "Profil", tokens: "Tokens", health: "Befinden", about: "Über" },
    rights: "Rechte",
    admin: "Plattform-Admin: alles, in jedem Projekt",
    theme: "Aussehen",
    scheme: { auto: "Wie das System", dark: "Dunkel", light: "Hell" },
    language: "Sprache",
    what: "Lässt Container auf vielen Hosts laufen und sagt, warum es tut, was es tut.",
    address: "Adresse",
    api: "Schema der API",
    feed: "Live-Daten",
  },
  tokens: {
    title: "Eigene Tokens",
    new: "Neues Token",
    newNote: "für Programme; es darf nie mehr als das eigene Konto",
    none: "Noch keine Tokens",
    noneText:
      "Mit einem Token nutzt ein Programm die API unter dem eigenen Namen, mit den hier gegebenen Rechten.",
    make: "Token anlegen",
    once: "{{name}}: nur jetzt zu sehen",
    copy: "Kopieren",
    copied: "Kopiert",
    never: "nie",
    anyProject: "alle eigenen",
    days_one: "in {{count}} Tag",
    days_other: "in {{count}} Tagen",
    revoke: "Widerrufen",
    revokeOne: "{{name}} widerrufen",
    revokeTitle: "{{name}} widerrufen?",
    revokeText:
      "Programme, die es nutzen, werden ab jetzt abgewiesen. Das lässt sich nicht rückgängig machen.",
    column: {
      name: "Name",
      prefix: "Beginnt mit",
      role: "Rolle",
      project: "Projekte",
      created: "Angelegt",
      used: "Zuletzt benutzt",
      expires: "Läuft ab",
      act: "Handlung",
    },
  },
  loops: {
    title: "Schleifen von Orchestra",
    note: "jeweils der letzte Lauf",
    none: "Noch ist keine Schleife gelaufen",
    noneText: "Der Scheduler schreibt hier jeden Lauf auf, sobald er da ist.",
    result: { ok: "gut", error: "Fehler", refused: "abgelehnt" },
    outcome: "Ergebnis",
    last: "Letzter Lauf",
    ago: "vor {{age}}",
    took: "Dauer",
    changes: "Änderungen",
  },
};
