import type { Link } from "@fairlead/linux";
import type { Trouble } from "@fairlead/model";
import { compareAddresses, formatAddress, type IpAddress } from "@fairlead/net";

/** Bits of the capabilities that a speaker needs (linux/capability.h). */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n } as const;

/** The oldest nft that the rules were written for. */
const LEAST_NFT = "1.0.6";

/** A rule set that nft or the kernel refused. */
export interface RefusedRules {
  /** What it is made of that was refused too; the rule set itself where nothing of it alone was. */
  readonly features: readonly { readonly name: string; readonly why: string }[];
}

/** What a speaker has found out about the process and the node that it runs on. */
export interface NodeFacts {
  /** Effective capabilities of the process, as /proc/self/status has them (CapEff). */
  readonly capabilities: bigint;
  /** What `nft --version` says, as "1.0.6"; or why it could not be run. */
  readonly nft: { readonly version: string } | { readonly why: string };
  readonly forwarding?: RefusedRules;
  readonly answers?: RefusedRules;
}

/** Capabilities that are missing. */
export function missingCapabilities(effective: bigint): string[] {
  return Object.entries(CAPABILITIES).flatMap(([name, bit]) => ((effective >> bit) & 1n ? [] : [name]));
}

/**
 * What is wrong with the node, from what was found out.
 *
 * @param answersInKernel - whether the kernel must answer ARP and NDP; else the speaker can.
 */
export function nodeTroubles(facts: NodeFacts, answersInKernel: boolean): Trouble[] {
  const capabilities = missingCapabilities(facts.capabilities);
  return [
    ...(capabilities.length > 0 ? [{ code: "CapabilityMissing", capabilities } as const] : []),
    ...("why" in facts.nft ? [{ code: "NftMissing", why: facts.nft.why } as const] : []),
    ...refusedRules(facts, facts.forwarding, false),
    ...refusedRules(facts, facts.answers, !answersInKernel),
  ];
}

/** Whether the process is in another network than its node: the node has addresses, and no link here has one of them. */
export function hostNetworkTrouble(
  node: string,
  nodes: ReadonlyMap<string, readonly IpAddress[]>,
  links: readonly Pick<Link, "addresses">[],
): Trouble[] {
  const addresses = nodes.get(node) ?? [];
  const own = links.flatMap((link) => link.addresses.map(({ address }) => address));
  if (addresses.length === 0 || addresses.some((address) => own.some((one) => compareAddresses(one, address) === 0)))
    return [];
  return [{ code: "NotHostNetwork", node, addresses: addresses.map(formatAddress) }];
}

function refusedRules({ nft }: NodeFacts, refused: RefusedRules | undefined, isPartial: boolean): Trouble[] {
  if (refused === undefined || "why" in nft) return [];
  const isOld = olderThan(nft.version, LEAST_NFT);
  if (isOld) return [{ code: "NftTooOld", version: nft.version, least: LEAST_NFT, isPartial }];
  return [{ code: "KernelFeatureMissing", features: refused.features, isPartial }];
}

function olderThan(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (const [i, part] of (b ?? []).entries()) {
    const own = a?.[i] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
