import { readFile } from "node:fs/promises";
import type { ControlPlane } from "@fairlead/testing";
import { parseAllDocuments } from "yaml";
import { CONFIG, NAMESPACE } from "./product.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface RoleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** A verb on a resource, as a file of config/rbac allows it. */
export interface Grant {
  readonly role: RoleObject;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/** The roles in a file of config/rbac. */
export async function rolesOf(file: string): Promise<RoleObject[]> {
  const text = await readFile(`${CONFIG}/rbac/${file}`, "utf8");
  return parseAllDocuments(text)
    .map((document) => document.toJS() as RoleObject)
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
}

/** All that some roles allow, each verb on each resource by itself. */
export function grantsOf(roles: readonly RoleObject[]): Grant[] {
  return roles.flatMap((role) =>
    (role.rules ?? []).flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) =>
            verbs.map((verb) => ({ role, verb, group, resource, ...(name !== undefined && { name }) })),
          ),
        ),
      ),
    ),
  );
}

/** "patch ipclaims.fairlead.dev/status", as the processes name it. */
export function nameOf({ verb, group, resource }: Grant): string {
  const [plural, ...rest] = resource.split("/");
  return `${verb} ${[group === "" ? plural : `${plural}.${group}`, ...rest].join("/")}`;
}

/**
 * Makes a ServiceAccount in `namespace` with all that `roles` allow but one grant, and returns the path of a kubeconfig
 * with its token. What the roles allow in Fairlead's namespace, it may do in `namespace`.
 */
export async function accountWithout(
  controlPlane: ControlPlane,
  namespace: string,
  name: string,
  roles: readonly RoleObject[],
  taken: Grant | undefined,
): Promise<string> {
  const { api } = controlPlane;
  await api.post(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name },
  });
  for (const role of roles) {
    const isLocal = role.metadata.namespace === NAMESPACE;
    const base = `/apis/rbac.authorization.k8s.io/v1${isLocal ? `/namespaces/${namespace}` : ""}`;
    const kind = isLocal ? "Role" : "ClusterRole";
    const metadata = { name: isLocal ? name : `${namespace}-${name}` };
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const rules = grantsOf([role])
      .filter((grant) => taken?.role !== role || nameOf(grant) !== nameOf(taken) || grant.name !== taken.name)
      .map(({ group, resource, verb, name: only }) => {
        const names = only === undefined ? {} : { resourceNames: [only] };
        return { apiGroups: [group], resources: [resource], verbs: [verb], ...names };
      });
    await api.post(`${base}/${kind.toLowerCase()}s`, { apiVersion, kind, metadata, rules });
    await api.post(`${base}/${kind.toLowerCase()}bindings`, {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    });
  }
  return controlPlane.kubeconfigFor(namespace, name);
}
