import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { customResourceDefinition } from "../src/crd.ts";
import { KINDS, kindOf } from "../src/kinds.ts";
import { CUSTOM_RESOURCES } from "../src/schema/index.ts";

type Schema = {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
};

/** Keywords that a structural schema may have (KEP of CustomResourceDefinition v1), of those that zod can produce. */
const ALLOWED = new Set(
  ["type", "description", "properties", "required", "items", "enum", "default", "format", "minimum", "maximum"].concat(
    ["minLength", "maxLength", "minItems", "maxItems", "pattern", "nullable", "additionalProperties"],
    ["x-kubernetes-validations", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"],
  ),
);

function* fields(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* fields(field, `${path}.${name}`);
  if (schema.items) yield* fields(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* fields(schema.additionalProperties, `${path}{}`);
}

for (const resource of CUSTOM_RESOURCES) {
  describe(`the CRD of ${resource.kind}`, () => {
    const definition = customResourceDefinition(resource);
    const versions = (definition as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } }).spec.versions;
    const root = versions[0]?.schema.openAPIV3Schema ?? {};

    it("is what config/crd has", () => {
      const file = new URL(`../../../config/crd/${resource.plural}.yaml`, import.meta.url);
      expect(parse(readFileSync(file, "utf8"))).to.deep.equal(JSON.parse(JSON.stringify(definition)));
    });

    it("describes every field", () => {
      // The API server describes metadata; what a list or a map holds is described with it.
      const named = [...fields(root, "")].filter(([path]) => /\w$/.test(path) && path !== ".metadata");
      const silent = named.filter(([, { description }]) => !description?.endsWith("."));
      expect(silent.map(([path]) => path)).to.deep.equal([]);
    });

    it("has a type for every field, and nothing that a structural schema may not have", () => {
      for (const [path, schema] of fields(root, "")) {
        expect(schema, path).to.have.property("type").that.is.a("string");
        expect(
          Object.keys(schema).filter((key) => !ALLOWED.has(key)),
          path,
        ).to.deep.equal([]);
      }
    });

    it("is of the kind that is read from where it is served", () => {
      expect(kindOf("fairlead.dev/v1beta1", resource.kind)).to.equal(resource.kind);
      expect(KINDS[resource.kind].plural).to.equal(resource.plural);
    });

    it("has its name and its status as a subresource", () =>
      expect(definition)
        .to.deep.include({ metadata: { name: `${resource.plural}.fairlead.dev` } })
        .and.to.nested.include({
          "spec.scope": KINDS[resource.kind].namespaced ? "Namespaced" : "Cluster",
          "spec.names.kind": resource.kind,
          "spec.versions[0].name": "v1beta1",
        })
        .and.to.have.nested.property("spec.versions[0].subresources.status"));
  });
}
