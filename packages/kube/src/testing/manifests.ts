import type { RawObject } from "../ports.ts";
import { API_GROUP, API_VERSION } from "../schema/custom-resource.ts";

/** A Service of type LoadBalancer in the namespace "default"; `more` goes over its spec, `metadata` over its metadata. */
export function service(
  name: string,
  more: Readonly<Record<string, unknown>> = {},
  metadata: Readonly<Record<string, unknown>> = {},
): RawObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name, ...metadata },
    spec: { type: "LoadBalancer", ports: [{ name: "http", protocol: "TCP", port: 80 }], ...more },
  };
}

/** An entry of status.loadBalancer.ingress. */
export const VIP = { ip: "192.0.2.1", ipMode: "VIP" };

/** An IPAddressPool; of 192.0.2.0/30 unless `spec` says otherwise. */
export function pool(name: string, spec: Readonly<Record<string, unknown>> = {}): RawObject {
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "IPAddressPool",
    metadata: { name },
    spec: { addresses: ["192.0.2.0/30"], ...spec },
  };
}

/** A Lease in the namespace "default". */
export function lease(name: string, holderIdentity: string): RawObject {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace: "default", name },
    spec: { holderIdentity, leaseDurationSeconds: 9 },
  };
}

interface ServiceStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** The addresses in status.loadBalancer.ingress; none for an object that is not there. */
export function ingressOf(object: RawObject | undefined): string[] {
  const status = object?.status as ServiceStatus | undefined;
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

/** The status of each condition, by its type. */
export function conditionTypes(object: RawObject | undefined): Record<string, string> {
  const status = object?.status as ServiceStatus | undefined;
  return Object.fromEntries((status?.conditions ?? []).map(({ type, status }) => [type, status]));
}
