/** The spec's own schema, cut out of openapi.json while the console is built (vite.config.ts). */
declare module "virtual:container-spec" {
  const schema: import("./specSchema").SpecSchema;
  export default schema;
}
