/** The part of JSON Schema that the API's description of a spec uses. */
export interface SpecSchema {
  type?: string | readonly string[];
  description?: string;
  default?: unknown;
  examples?: readonly unknown[];
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, SpecSchema>>;
  items?: SpecSchema;
  additionalProperties?: boolean | SpecSchema;
  required?: readonly string[];
  anyOf?: readonly SpecSchema[];
}
