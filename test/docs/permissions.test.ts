import { readFileSync } from "node:fs";
import type { Permission } from "@fairlead/model";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { controllerPermissions } from "../../packages/controller/src/permissions.ts";
import { SPEAKER_PERMISSIONS } from "../../packages/speaker/src/permissions.ts";

interface Role {
  readonly metadata: { readonly namespace?: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** What a file of config/rbac allows, as the programs ask for it. */
function granted(file: string): string[] {
  const text = readFileSync(new URL(`../../config/rbac/${file}`, import.meta.url), "utf8");
  const roles = parseAllDocuments(text).map((document) => document.toJS() as Role);
  return roles.flatMap(({ metadata: { namespace }, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => written({ verb, group, resource, namespace, name }))),
        ),
      ),
    ),
  );
}

function written({ verb, group, resource, namespace, name }: Record<keyof Permission, string | undefined>): string {
  return `${verb} ${group}/${resource} ${namespace ?? ""} ${name ?? ""}`;
}

const asked = (permissions: readonly Permission[]) => {
  return permissions.map(({ verb, group, resource, namespace, name }) =>
    written({ verb, group, resource, namespace, name }),
  );
};

describe("config/rbac", () => {
  it("allows the controller exactly what it asks for at its start", () => {
    expect(asked(controllerPermissions("fairlead-system"))).to.have.members(granted("controller.yaml"));
  });
  it("allows the speaker exactly what it asks for at its start", () => {
    expect(asked(SPEAKER_PERMISSIONS)).to.have.members(granted("speaker.yaml"));
  });
});
