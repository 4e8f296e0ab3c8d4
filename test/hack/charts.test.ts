import { readFileSync } from "node:fs";
import { VERSION } from "@fairlead/runtime";
import { expect } from "chai";
import { parse } from "yaml";
import { roleTemplate } from "../../hack/generate/role-template.ts";
import { valuesTable } from "../../hack/generate/values-table.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };

describe("the charts", () => {
  for (const chart of ["chart", "chart-crds"]) {
    it(`config/${chart} has the version of Fairlead`, () => {
      const about = parse(read(`config/${chart}/Chart.yaml`)) as { version: string; appVersion: string };
      expect([about.version, about.appVersion, VERSION]).to.deep.equal([version, version, version]);
    });
  }
  it("are installed at that version in the README", () => {
    const versions = read("config/chart/README.md").matchAll(/helm install .* --version (\S+)/g);
    expect(Array.from(versions, ([, named]) => named)).to.deep.equal([version, version]);
  });
});

describe("the template of roles", () => {
  const MANIFESTS = `# About.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: fairlead-speaker
  namespace: fairlead-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: fairlead-speaker
  namespace: fairlead-system
subjects:
  - kind: ServiceAccount
    name: fairlead-speaker
    namespace: fairlead-system
`;
  const template = roleTemplate("speaker", MANIFESTS);

  it("keeps what is said about them", () => expect(template).to.contain("# About.\n"));
  it("makes accounts and roles as the values say", () => {
    expect(template).to.contain("{{- if .Values.speaker.serviceAccount.create }}\napiVersion: v1\n");
    expect(template).to.contain("{{- if .Values.rbac.create }}\napiVersion: rbac.authorization.k8s.io/v1\n");
    expect(template.match(/\{\{- end \}\}/g)).to.have.length(2);
  });
  it("names account and namespace as the values say, in both places", () => {
    expect(template.match(/name: \{\{ \.Values\.speaker\.serviceAccount\.name \}\}/g)).to.have.length(2);
    expect(template.match(/namespace: \{\{ \.Release\.Namespace \}\}/g)).to.have.length(3);
    expect(template).not.to.contain("fairlead-system");
  });
  it("leaves the role's own name alone", () =>
    expect(template.match(/^ {2}name: fairlead-speaker$/gm)).to.have.length(1));
});

describe("the table of values", () => {
  const leaf = { description: "So many.", minimum: 1, maximum: 3 };
  const schema = { properties: { a: { properties: { b: leaf } }, c: { description: "Which.", enum: ["", "x"] } } };

  it("has a row for each value, with its bounds, its choices and its default", () => {
    const rows = valuesTable(schema, { a: { b: 2 }, c: "" })
      .trim()
      .split("\n")
      .slice(2);
    expect(rows).to.deep.equal([
      "| `a.b` | So many. From 1 to 3. | `2` |",
      '| `c` | Which. One of `""`, `"x"`. | `""` |',
    ]);
  });
  for (const { name, of, defaults, error } of [
    { name: "a value without a default", of: schema, defaults: { a: {}, c: "" }, error: /a\.b must have a default/ },
    {
      name: "a default that the schema lacks",
      of: schema,
      defaults: { a: { b: 1, d: 1 }, c: "" },
      error: /a must .*: d/,
    },
    { name: "no description", of: { properties: { e: {} } }, defaults: { e: 1 }, error: /e must have a description/ },
  ]) {
    it(`refuses ${name}`, () => expect(() => valuesTable(of, defaults)).to.throw(error));
  }
});
