import type { RawObject } from "@fairlead/kube";
import type { Step } from "../reference/table.ts";

/** Creates or changes an IPClaim in the namespace "default". */
export function aClaim(name: string, spec: object): Step {
  return ({ cluster }) =>
    void cluster.apply({ ...OWN, kind: "IPClaim", metadata: { namespace: "default", name }, spec });
}

/** Deletes an IPClaim. */
export function noClaim(name: string): Step {
  return ({ cluster }) => cluster.delete({ kind: "IPClaim", namespace: "default", name });
}

/** Deletes the record of an address. */
export function noRecord(name: string): Step {
  return ({ cluster }) => cluster.delete({ kind: "IPAllocation", name });
}

/** Creates a Node, in the place of the one of that name. */
export function aNode(name: string, addresses: readonly string[], podCIDRs: readonly string[] = []): Step {
  const status = { addresses: addresses.map((address) => ({ type: "InternalIP", address })) };
  return ({ cluster }) => {
    cluster.delete({ kind: "Node", name });
    cluster.create({ apiVersion: "v1", kind: "Node", metadata: { name }, spec: { podCIDRs }, status });
  };
}

/** Creates a speaker's account of one link of its node. */
export function aSpeaker(name: string, subnets: readonly string[], gateways: readonly string[] = []): Step {
  const link = {
    name: "eth0",
    mac: "02:00:00:00:00:01",
    up: true,
    subnets,
    gateways,
  };
  return ({ cluster }) =>
    void cluster.apply({ ...OWN, kind: "SpeakerStatus", metadata: { name }, status: { links: [link] } });
}

/** Has the speaker of n1 say that a stranger has an address, before it was announced unless told. Its own link is 02:00:00:00:00:01. */
export function aStranger(address: string, mac: string, fields: object = {}): Step {
  const conflict = { address, service: "", link: "eth0", mac, reason: "AddressInUse", beforeAnnounced: true };
  return conflictsOf([{ ...conflict, since: "2026-01-01T00:00:00Z", ...fields }]);
}

/** Has the speaker of n1 say that no stranger has any address. */
export function noStranger(): Step {
  return conflictsOf([]);
}

function conflictsOf(conflicts: readonly object[]): Step {
  return (world, run) => {
    const ref = { kind: "SpeakerStatus", name: "n1" } as const;
    if (world.cluster.get(ref) === undefined) aSpeaker(ref.name, ["198.51.100.1/24"])(world, run);
    world.cluster.patchStatus(ref, world.cluster.get(ref)?.metadata.uid ?? "", { layer2: { conflicts } });
  };
}

/** Creates a ServiceCIDR. */
export function aServiceCidr(name: string, ...cidrs: string[]): Step {
  const object: RawObject = {
    apiVersion: "networking.k8s.io/v1",
    kind: "ServiceCIDR",
    metadata: { name },
    spec: { cidrs },
  };
  return ({ cluster }) => void cluster.apply(object);
}

/** The controller's clock goes on to this time of the day. */
export function at(time: string): Step {
  return (_, run) => {
    run.replica.now = `2026-06-01T${time}Z`;
  };
}

const OWN = { apiVersion: "fairlead.dev/v1beta1" };
