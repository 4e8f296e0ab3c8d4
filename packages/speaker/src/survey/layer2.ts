import { createHash } from "node:crypto";
import type { Candidacy } from "@fairlead/l2";
import type { AnnouncementRefusal, NodeInfo } from "@fairlead/model";
import { type IpAddress, parseAddress } from "@fairlead/net";
import { type Reach, Reaches } from "./advertisements.ts";
import type { Claim } from "./claim.ts";
import { nodeRefusal, preferReady } from "./nodes.ts";
import type { ClusterView } from "./snapshot.ts";

/** What Layer 2 makes of an address. */
export interface Layer2Survey {
  readonly candidates: CandidateSet;
  /** Whether all of them answer, each for its part of the clients. */
  readonly isShared: boolean;
  /** Addresses that have one of these groups in common are of more use on different nodes. */
  readonly groups: readonly string[];
  /** Why a node is not among the candidates; undefined if it is. */
  readonly refusal: (node: string) => AnnouncementRefusal | undefined;
}

/** The nodes that may own an address. Addresses that have the same have one object. */
export interface CandidateSet {
  /** Says how they came about: the same in a later state if it does so there, whoever is in it. */
  readonly key: string;
  readonly nodes: ReadonlyMap<string, Candidacy>;
}

/** What one Service allows for its address. */
interface Allowance {
  readonly reach: Reach | AnnouncementRefusal;
  /** The nodes that can serve clients; undefined if all can. */
  readonly local: ReadonlySet<string> | undefined;
}

/** The survey of Layer 2, address by address, of one state. */
export class Layer2Surveyor {
  readonly #nodes: ReadonlyMap<string, NodeInfo>;
  /** Nodes that nothing is against, whatever the address. */
  readonly #fit: readonly NodeInfo[];
  readonly #reaches: Reaches;
  readonly #groups: ReadonlyMap<string, readonly string[]>;
  readonly #sets = new Map<string, CandidateSet>();

  /** @param claims - of every address. */
  constructor({ nodes, advertisements }: ClusterView, claims: ReadonlyMap<string, readonly Claim[]>) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#fit = nodes.filter((node) => nodeRefusal(node) === undefined);
    this.#reaches = new Reaches(advertisements, nodes);
    this.#groups = groupsByAddress(claims);
  }

  /** What there is to say of an address that these Services have: it is announced from where each of them may be. */
  survey(address: string, { family }: IpAddress, claims: readonly Claim[]): Layer2Survey {
    const allowances = claims.map(({ service, pool, endpoints }): Allowance => {
      const reach = this.#reaches.of(pool, service);
      if (service.externalTrafficPolicy !== "Local") return { reach, local: undefined };
      const { nodes, everywhere } = endpoints.localNodes(family);
      return { reach, local: everywhere ? undefined : nodes };
    });
    const candidates = this.#candidates(allowances);
    return {
      candidates,
      isShared: allowances.every(({ reach }) => !("code" in reach) && reach.isShared),
      groups: this.#groups.get(address) ?? [],
      refusal: (node) => (candidates.nodes.has(node) ? undefined : this.#refusal(node, allowances)),
    };
  }

  #candidates(allowances: readonly Allowance[]): CandidateSet {
    const origin = JSON.stringify(
      allowances.map(({ reach, local }) => [
        "code" in reach ? reach.code : reach.advertisements,
        local && [...local].sort(),
      ]),
    );
    const known = this.#sets.get(origin);
    if (known !== undefined) return known;
    const able = this.#fit.filter(({ name }) => allowances.every((allowance) => allows(allowance, name)));
    const nodes = new Map(preferReady(able).map(({ name }) => [name, candidacyOf(name, allowances)]));
    const set = { key: createHash("sha256").update(origin).digest("base64url").slice(0, 16), nodes };
    this.#sets.set(origin, set);
    return set;
  }

  #refusal(node: string, allowances: readonly Allowance[]): AnnouncementRefusal {
    for (const allowance of allowances) {
      const refusal = refusalBy(allowance, node, this.#nodes.get(node));
      if (refusal !== undefined) return refusal;
    }
    return { code: "NodeNotReady" };
  }
}

function allows({ reach, local }: Allowance, node: string): boolean {
  return !("code" in reach) && reach.nodes.has(node) && (local === undefined || local.has(node));
}

function candidacyOf(node: string, allowances: readonly Allowance[]): Candidacy {
  const reaches = allowances.flatMap(({ reach }) => ("code" in reach ? [] : (reach.nodes.get(node) ?? [])));
  return {
    links: reaches.map(({ links }) => links),
    weight: reaches.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function refusalBy(
  { reach, local }: Allowance,
  name: string,
  node: NodeInfo | undefined,
): AnnouncementRefusal | undefined {
  if ("code" in reach) return reach;
  if (node === undefined) return { code: "NodeUnknown", node: name };
  const refusal = nodeRefusal(node);
  if (refusal !== undefined) return refusal;
  if (!reach.nodes.has(name)) return { code: "NodeNotSelected", advertisements: reach.advertisements };
  if (local === undefined || local.has(name)) return undefined;
  return { code: "NoLocalEndpoints", nodes: [...local].sort() };
}

// The addresses of one family that one Service has are of more use on different nodes. IPv4 and IPv6 stand in for each
// other as it is: clients try both.
function groupsByAddress(claims: ReadonlyMap<string, readonly Claim[]>): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const [address, sharers] of claims) {
    for (const { service } of sharers) {
      if (service.ingress.length < 2) continue;
      const group = `${service.uid}/${parseAddress(address).family}`;
      members.set(group, [...(members.get(group) ?? []), address]);
    }
  }
  const groups = new Map<string, string[]>();
  for (const [group, addresses] of members) {
    if (addresses.length < 2) continue;
    for (const address of addresses) groups.set(address, [...(groups.get(address) ?? []), group]);
  }
  return groups;
}
