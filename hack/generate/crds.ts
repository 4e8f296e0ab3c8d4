// The CustomResourceDefinitions, from the zod schemas: for kustomize as they are, for Helm such that uninstalling keeps them.
import { CUSTOM_RESOURCES, customResourceDefinition } from "@fairlead/kube";
import { stringify } from "yaml";
import type { GeneratedFile } from "./generated-file.ts";

/** The files of config/crd and of the chart fairlead-crds. */
export function crdFiles(): GeneratedFile[] {
  return CUSTOM_RESOURCES.flatMap((resource) => {
    const crd = customResourceDefinition(resource);
    const metadata = { ...(crd.metadata as object), annotations: { "helm.sh/resource-policy": "keep" } };
    return [
      { path: `config/crd/${resource.plural}.yaml`, text: page(crd) },
      { path: `config/chart-crds/templates/${resource.plural}.yaml`, text: template({ ...crd, metadata }) },
    ];
  });
}

function page(crd: object): string {
  const yaml = stringify(crd, { lineWidth: 120, aliasDuplicateObjects: false });
  return `# Generated from packages/kube/src/schema by "make generate": do not edit.\n${yaml}`;
}

/** Helm evaluates what is in double braces: where a description has any, it is made to print them. */
function template(crd: object): string {
  return page(crd).replaceAll("{{", '{{ "{{" }}');
}
