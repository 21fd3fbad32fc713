/** The schemas of what people write, cut out of openapi.json while the console is built (vite.config.ts). */
declare module "virtual:container-spec" {
  const schema: import("./specSchema").SpecSchema;
  export default schema;
}
declare module "virtual:service-spec" {
  const schema: import("./specSchema").SpecSchema;
  export default schema;
}
