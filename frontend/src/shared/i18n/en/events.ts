/** English: the lists of events. */
export const events = {
  events: {
    none: "No events",
    at: "Time",
    level: "Level",
    kind: "What",
    object: "Object",
    actor: "Who",
    message: "Message",
  },
  history: {
    filter: "Filter events",
    filterHint: "level:error kind:failed object:web text",
    scope: "Whose events",
    everything: "Everything",
    ofProject: "Project {{name}}",
    noMatch: "No event that was read matches “{{query}}”",
    noMatchYet: "There are older ones that have not been read yet.",
    count: "{{shown}} of {{all}} read",
    older: "Read older ones",
    begin: "This is where it begins",
    paused_one: "Paused · {{count}} new · to the top",
    paused_other: "Paused · {{count}} new · to the top",
  },
};
