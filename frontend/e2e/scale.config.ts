import base from "./playwright.config";

/**
 * The console before a large fleet that changes all the time. `scale` looks at what it does, `figures` at how long
 * that takes; both need the folder of the writer's control (ORCHESTRA_SCALE) beside the console (ORCHESTRA_URL).
 */
export default {
  ...base,
  retries: 0,
  // Recording a page that changes all the time costs more than the page itself.
  use: { ...base.use, trace: "off" as const },
  projects: [
    { name: "scale", testMatch: /scale\.spec/ },
    { name: "figures", testMatch: /figures\.spec/ },
  ],
};
