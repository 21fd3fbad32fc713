/** Short names for what the API says. Everything comes from the generated schema; nothing is written by hand here. */
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Container = Schemas["Container"];
export type ContainerState = Container["state"];
export type Host = Schemas["Host"];
export type HostState = Host["state"];
export type HostNew = Schemas["HostNew"];
export type Decision = Schemas["Decision"];
export type OrchestraEvent = Schemas["Event"];
export type Logs = Schemas["Logs"];
export type UsagePoint = Schemas["Usage"];
export type Following = Schemas["Following"];
export type Registry = Schemas["Registry"];
export type RegistryNew = Schemas["RegistryNew"];
export type Platform = Schemas["Platform"];
export type Problem = Schemas["Problem"];
export type FieldProblem = Schemas["ProblemError"];
export type Service = Schemas["Service"];
export type ServiceState = Service["state"];
export type Revision = Schemas["Revision"];
export type Rollout = Schemas["Rollout"];
export type RolloutStatus = Rollout["status"];
export type SpecChange = Schemas["RevisionChange"];
export type Endpoint = Schemas["Endpoint"];
export type Endpoints = Schemas["Endpoints"];
