import { z } from "zod";
import { API_GROUP, API_VERSION, type CustomResource } from "./schema/custom-resource.ts";

/** A JSON value. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The CustomResourceDefinition (apiextensions.k8s.io/v1) of a kind: structural schema, CEL rules, columns, status. */
export function customResourceDefinition(resource: CustomResource): JsonObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${resource.plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: resource.namespaced === true ? "Namespaced" : "Cluster",
      names: {
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        plural: resource.plural,
        singular: resource.kind.toLowerCase(),
        shortNames: [...resource.shortNames],
        categories: ["fairlead"],
      },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: resource.printerColumns.map((column) => ({ ...column })),
          schema: { openAPIV3Schema: objectSchema(resource) },
        },
      ],
    },
  };
}

function objectSchema(resource: CustomResource): JsonObject {
  const properties: Record<string, Json> = {
    apiVersion: { type: "string", description: "API group and version of this object." },
    kind: { type: "string", description: "Kind of this object." },
    metadata: { type: "object" },
  };
  if (resource.spec !== undefined) {
    properties.spec = { description: "What is wanted.", ...structural(resource.spec) };
  }
  properties.status = {
    description: "What Fairlead sees; written by Fairlead alone.",
    ...structural(resource.status),
  };
  return {
    type: "object",
    description: resource.description,
    ...(resource.spec === undefined ? {} : { required: ["spec"] }),
    properties,
  };
}

// What JSON Schema has beyond a structural schema goes: unknown fields are pruned or refused by the API server itself.
function structural(schema: z.ZodType): JsonObject {
  const json = z.toJSONSchema(schema, { io: "input", target: "openapi-3.0", reused: "inline" });
  return prune(json as JsonObject) as JsonObject;
}

function prune(value: Json): Json {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject);
  const isMap = entries.some(([key, part]) => key === "additionalProperties" && typeof part === "object");
  return Object.fromEntries(
    entries
      .filter(([key]) => key !== "$schema" && key !== "propertyNames" && (key !== "additionalProperties" || isMap))
      .map(([key, part]) => [key, prune(part)]),
  );
}
