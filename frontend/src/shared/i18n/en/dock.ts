/** English: the dock at the foot of the console. */
export const dock = {
  dock: {
    label: "Dock",
    open: "Log in the dock",
    openOf: "Log of {{name}} in the dock",
    close: "Close the log of {{name}}",
    fold: "Fold the dock",
    unfold: "Unfold the dock",
    height: "Height of the dock",
    gone: "{{name}} has been removed; its log went with it",
  },
};
