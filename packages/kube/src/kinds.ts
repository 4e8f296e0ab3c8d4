import type {
  Allocation,
  IPClaim,
  KindName,
  L2Advertisement,
  Labels,
  NodeInfo,
  NodeNetworks,
  ObjectRef,
  Pool,
  PortEndpoints,
  Service,
  ServiceRange,
} from "@fairlead/model";
import type { z } from "zod";
import { readAllocation } from "./parse/allocation.ts";
import type { Reading } from "./parse/annotations.ts";
import { readClaim } from "./parse/claim.ts";
import { readEndpointSlice } from "./parse/endpoint-slice.ts";
import { readL2Advertisement } from "./parse/l2-advertisement.ts";
import { readNode } from "./parse/node.ts";
import { readPool } from "./parse/pool.ts";
import { check, type Read } from "./parse/read.ts";
import { readService } from "./parse/service.ts";
import { readServiceRange } from "./parse/service-cidr.ts";
import { readLastSeen, readNodeNetworks } from "./parse/speaker-status.ts";
import { lease } from "./schema/builtin.ts";
import { API_GROUP, API_VERSION, type CustomResource } from "./schema/custom-resource.ts";
import { ipAddressPool } from "./schema/ip-address-pool.ts";
import { ipAllocation } from "./schema/ip-allocation.ts";
import { ipClaim } from "./schema/ip-claim.ts";
import { l2Advertisement } from "./schema/l2-advertisement.ts";
import type { ObjectMeta } from "./schema/metadata.ts";
import { speakerStatus } from "./schema/speaker-status.ts";

/** What an object of each kind is read into. */
export interface KindValues {
  Service: Service;
  Node: NodeInfo;
  Namespace: { readonly name: string; readonly labels: Labels };
  EndpointSlice: readonly PortEndpoints[];
  IPAddressPool: Pool;
  L2Advertisement: L2Advertisement;
  IPAllocation: Allocation;
  IPClaim: IPClaim;
  SpeakerStatus: NodeNetworks;
  ServiceCIDR: ServiceRange;
  Lease: z.output<typeof lease>["spec"];
  Event: { readonly name: string };
}

/** Where the API server serves a kind, and how its objects are read. */
export interface KindDefinition<K extends KindName> {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Whether caches keep the raw status, because Fairlead writes it and must know whether it differs. */
  readonly keepStatus: boolean;
  /** Whether an API server without this kind is taken for one that has no object of it. */
  readonly optional?: boolean;
  /** When its writer last gave a sign of life, RFC 3339. That alone is no news. */
  readonly seen?: (raw: unknown) => string | undefined;
  readonly read: Reader<KindValues[K]>;
}

type Reader<T> = (ref: ObjectRef, meta: ObjectMeta, raw: unknown, reading: Reading) => Read<T>;

const named = (ref: ObjectRef) => ({ value: { name: ref.name } });

// A kind of Fairlead's API: its schema says where it is served.
function own<T>(
  { plural, namespaced = false }: CustomResource,
  read: Reader<T>,
  more: Partial<Pick<KindDefinition<KindName>, "keepStatus" | "seen">> = {},
) {
  return { apiVersion: `${API_GROUP}/${API_VERSION}`, plural, namespaced, keepStatus: false, ...more, read };
}

/** Every kind that Fairlead reads or writes. */
export const KINDS: { readonly [K in KindName]: KindDefinition<K> } = {
  Service: { apiVersion: "v1", plural: "services", namespaced: true, keepStatus: false, read: readService },
  Node: { apiVersion: "v1", plural: "nodes", namespaced: false, keepStatus: false, read: readNode },
  Namespace: {
    apiVersion: "v1",
    plural: "namespaces",
    namespaced: false,
    keepStatus: false,
    read: (ref, meta) => ({ value: { name: ref.name, labels: meta.labels ?? {} } }),
  },
  EndpointSlice: {
    apiVersion: "discovery.k8s.io/v1",
    plural: "endpointslices",
    namespaced: true,
    keepStatus: false,
    read: readEndpointSlice,
  },
  IPAddressPool: own(ipAddressPool, readPool, { keepStatus: true }),
  L2Advertisement: own(l2Advertisement, readL2Advertisement, { keepStatus: true }),
  IPAllocation: own(ipAllocation, readAllocation),
  IPClaim: own(ipClaim, readClaim),
  SpeakerStatus: own(speakerStatus, readNodeNetworks, { seen: readLastSeen }),
  ServiceCIDR: {
    apiVersion: "networking.k8s.io/v1",
    plural: "servicecidrs",
    namespaced: false,
    keepStatus: false,
    optional: true,
    read: readServiceRange,
  },
  Lease: {
    apiVersion: "coordination.k8s.io/v1",
    plural: "leases",
    namespaced: true,
    keepStatus: false,
    read: (ref, _meta, raw) => {
      const checked = check(ref, lease, raw);
      return "problems" in checked ? checked : { value: checked.value.spec };
    },
  },
  Event: { apiVersion: "v1", plural: "events", namespaced: true, keepStatus: false, read: named },
};

/** The kind of an object by its apiVersion and kind, if it is one that Fairlead knows. */
export function kindOf(apiVersion: unknown, kind: unknown): KindName | undefined {
  const name = Object.keys(KINDS).find((known) => known === kind) as KindName | undefined;
  return name !== undefined && KINDS[name].apiVersion === apiVersion ? name : undefined;
}
