/** Something that a process asks the API server to let it do. */
export interface Permission {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
  /** API group; empty for the core one. */
  readonly group: string;
  /** In the plural, with the subresource if it is about one: "services/status". */
  readonly resource: string;
  /** Namespace that it is about; absent for all, and for what has none. */
  readonly namespace?: string;
  /** Name of the only object that it is about; absent for all. */
  readonly name?: string;
}

/** One permission for each verb and resource. */
export function permissions(
  group: string,
  resources: readonly string[],
  verbs: readonly Permission["verb"][],
  where: Pick<Permission, "namespace" | "name"> = {},
): Permission[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, ...where })));
}

/** "list and watch services; patch services/status": as kubectl names resources, each with its verbs. */
export function describePermissions(all: readonly Permission[]): string {
  const byPlace = Map.groupBy(all, place);
  return [...byPlace]
    .map(([where, own]) => `${[...new Set(own.map(({ verb }) => verb))].join(" and ")} ${where}`)
    .join("; ");
}

function place({ group, resource, namespace, name }: Permission): string {
  const [plural, ...subresource] = resource.split("/");
  const full = [group === "" ? plural : `${plural}.${group}`, ...subresource].join("/");
  const called = name === undefined ? "" : ` called ${name}`;
  return `${full}${called}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}
