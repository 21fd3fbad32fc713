/** English: plans, shown before anything is changed. */
export const plans = {
  plans: {
    show: "Show plan first",
    scale: "Scale {{name}} to {{count}}: the plan",
    update: "Change {{name}}: the plan",
    drain: "Drain {{name}}: the plan",
    apply: "Apply the plan",
    lookAgain: "Plan again",
    steps: "What happens, in this order",
    what: "Step",
    container: "Container",
    host: "Host",
    why: "Why",
    doing: { start: "starts", stop: "stops", lose: "is lost", cancel: "waits no longer" },
    peak: "At the worst moment {{cpu}} CPU and {{memory}} more are booked than now.",
    unplaced_one: "{{count}} container finds no host",
    unplaced_other: "{{count}} containers find no host",
    stays_one: "{{count}} container stays where it is",
    stays_other: "{{count}} containers stay where they are",
    more_one: "and {{count}} more step",
    more_other: "and {{count}} more steps",
    assumes:
      "It takes what starts to be well at once. If anything it rests on changes, it cannot be applied.",
    spareFits: "If any one host is lost, all still fits",
    spareLacks_one: "If {{name}} is lost, {{count}} container finds no host",
    spareLacks_other: "If {{name}} is lost, {{count}} containers find no host",
  },
};
