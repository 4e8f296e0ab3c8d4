import { API_GROUP } from "@fairlead/kube";
import { type Permission, permissions } from "@fairlead/model";

/** Name of the Lease that the replicas compete for. */
export const LEASE = "fairlead-controller";

/**
 * What the controller must be allowed to do: exactly what config/rbac/controller.yaml allows.
 *
 * @param namespace - of the Lease.
 */
export function controllerPermissions(namespace: string): Permission[] {
  const leases = (verbs: readonly Permission["verb"][], name?: string) =>
    permissions("coordination.k8s.io", ["leases"], verbs, { namespace, ...(name !== undefined && { name }) });
  return [
    ...permissions("", ["services", "namespaces"], ["get", "list", "watch"]),
    ...permissions("", ["nodes"], ["list", "watch"]),
    ...permissions("networking.k8s.io", ["servicecidrs"], ["list", "watch"]),
    ...permissions(API_GROUP, ["speakerstatuses"], ["list", "watch"]),
    ...permissions("", ["services/status"], ["patch"]),
    ...permissions("", ["events"], ["create", "get", "update"]),
    ...permissions(API_GROUP, ["ipaddresspools", "l2advertisements", "ipclaims"], ["get", "list", "watch"]),
    ...permissions(API_GROUP, ["ipaddresspools/status", "l2advertisements/status", "ipclaims/status"], ["patch"]),
    ...permissions(API_GROUP, ["ipallocations"], ["get", "list", "watch", "create", "update", "delete"]),
    ...permissions(API_GROUP, ["ipallocations/status"], ["patch"]),
    ...leases(["create"]),
    ...leases(["get", "update"], LEASE),
  ];
}
