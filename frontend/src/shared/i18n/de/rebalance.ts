import type { Words } from "../words";
import type { rebalance as english } from "../en/rebalance";

/** German: moving the few containers that help most, when somebody asks and, where a project wants it, by itself. */
export const rebalance: Words<typeof english> = {
  rebalance: {
    palette: "Ausgleichen",
    title: "{{project}} ausgleichen",
    note: "die wenigen Umzüge, die am meisten helfen; nichts zieht um, bevor Sie es gesehen haben",
    goal: "Was weniger werden soll",
    goals: {
      spread: "Gedränge: ein Dienst auf einem Host, Hosts voller als andere",
      pressure: "Druck: Hosts, die über 80 % belegt sind",
      spare: "Risiko: was keinen Host findet, wenn einer ausfällt",
    },
    moves: "Umzüge, höchstens",
    wrongMoves: "eine ganze Zahl von 1 bis {{most}}",
    show: "Plan zeigen",
    started: "Die Umzüge von {{project}} haben begonnen",
    rule: "Jeder Container wird ersetzt, der neue startet zuerst, in den Grenzen seines Dienstes und wohin die Platzierung ihn stellt. Volumes, feste Host-Ports, GPUs und Dienste, die pausieren oder gerade ausgerollt werden, bleiben.",
    own: "Von selbst",
    ownNote: "aus, solange kein Eigentümer von {{project}} es einschaltet",
    isOn: "{{project}} von selbst ausgleichen",
    every: "Minuten zwischen zwei Runden, mindestens",
    wrongEvery: "eine ganze Zahl von 1 bis {{most}}",
    save: "Speichern",
    saved: "Gespeichert: {{project}} wird von selbst ausgeglichen",
    savedOff: "Gespeichert: {{project}} wird nicht von selbst ausgeglichen",
    unready: "Erst muss das Markierte stimmen",
    last: "Wie es steht",
    never: "Es wurde noch nicht nachgesehen.",
    at: "Stand {{at}}",
    next: "nicht vor {{at}}",
    underWay: "Eine Runde läuft",
    moved: "Was die letzte Runde umzog",
    calm: "Eine Runde nach der anderen, und nur solange keine Bremse hält und kein Host gerade kam, ging oder wiederkam.",
  },
};
