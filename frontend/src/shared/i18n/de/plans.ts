import type { Words } from "../words";
import type { plans as english } from "../en/plans";

/** German: plans, shown before anything is changed. */
export const plans: Words<typeof english> = {
  plans: {
    show: "Erst den Plan zeigen",
    scale: "{{name}} auf {{count}} skalieren: der Plan",
    run: "Starten: der Plan",
    update: "{{name}} ändern: der Plan",
    drain: "{{name}} räumen: der Plan",
    apply: "Plan ausführen",
    lookAgain: "Neu planen",
    steps: "Was geschieht, in dieser Reihenfolge",
    what: "Schritt",
    container: "Container",
    host: "Host",
    why: "Warum",
    doing: {
      start: "startet",
      stop: "wird angehalten",
      "give-way": "macht Platz",
      lose: "geht verloren",
      cancel: "wartet nicht mehr",
    },
    peak: "Im ungünstigsten Moment sind {{cpu}} CPU und {{memory}} mehr reserviert als jetzt.",
    moves_one: "{{count}} Container zieht um",
    moves_other: "{{count}} Container ziehen um",
    to: "Nach",
    rebalance: "{{project}} ausgleichen: der Plan",
    noMoves: "Kein Umzug würde es besser machen: alles bleibt, wo es ist.",
    unplaced_one: "{{count}} Container findet keinen Host",
    unplaced_other: "{{count}} Container finden keinen Host",
    stays_one: "{{count}} Container bleibt, wo er ist",
    stays_other: "{{count}} Container bleiben, wo sie sind",
    more_one: "und {{count}} weiterer Schritt",
    more_other: "und {{count}} weitere Schritte",
    assumes:
      "Angenommen ist, dass alles, was startet, sofort gesund ist. Ändert sich etwas, worauf der Plan beruht, wird er nicht ausgeführt.",
    spareFits: "Jeder einzelne Host darf ausfallen",
    spareLacks_one: "Fällt {{name}} aus, findet {{count}} Container keinen Host",
    spareLacks_other: "Fällt {{name}} aus, finden {{count}} Container keinen Host",
  },
};
