import type { Words } from "../words";
import type { dock as english } from "../en/dock";

/** German: the dock at the foot of the console. */
export const dock: Words<typeof english> = {
  dock: {
    label: "Dock",
    open: "Log ins Dock",
    openOf: "Log von {{name}} ins Dock",
    close: "Log von {{name}} schließen",
    fold: "Dock einklappen",
    unfold: "Dock ausklappen",
    height: "Höhe des Docks",
    gone: "{{name}} ist entfernt, und mit ihm das Log",
  },
};
