import type { Words } from "../words";
import type { events as english } from "../en/events";

/** German: the lists of events. */
export const events: Words<typeof english> = {
  events: {
    none: "Keine Ereignisse",
    at: "Zeit",
    level: "Stufe",
    kind: "Was",
    object: "Objekt",
    actor: "Wer",
    message: "Meldung",
  },
  history: {
    filter: "Ereignisse filtern",
    filterHint: "level:error kind:failed object:web Text",
    scope: "Wessen Ereignisse",
    everything: "Alles",
    ofProject: "Projekt {{name}}",
    noMatch: "Kein gelesenes Ereignis passt zu „{{query}}“",
    noMatchYet: "Es gibt ältere, die noch nicht gelesen sind.",
    count: "{{shown}} von {{all}} gelesen",
    older: "Ältere lesen",
    begin: "Hier beginnt es",
    paused_one: "Angehalten · {{count}} neu · nach oben",
    paused_other: "Angehalten · {{count}} neu · nach oben",
  },
};
