import {
  type AnnouncementRefusal,
  anySelectorMatches,
  type L2Advertisement,
  type NodeInfo,
  type Pool,
  type ServiceIntent,
} from "@fairlead/model";
import { ANY_LINK, type LinkSelector } from "@fairlead/net";

/** Where an address may be announced. */
export interface Reach {
  readonly nodes: ReadonlyMap<string, NodeReach>;
  /** Whether all of them answer, each for its part of the clients. */
  readonly isShared: boolean;
  /** The advertisements that say so; empty when the pool announces by itself. */
  readonly advertisements: readonly string[];
}

/** What the advertisements that select a node say of it. */
export interface NodeReach {
  /** One of these must select the link. */
  readonly links: readonly LinkSelector[];
  /** The sum of its weights as a preferred node. */
  readonly weight: number;
}

const ANYWHERE: NodeReach = { links: [ANY_LINK], weight: 0 };

/**
 * The nodes and links that the advertisements of a pool allow a Service, as a union (L-01 to L-11 of test/reference). A pool that
 * no advertisement selects announces everywhere by itself, unless it is Manual.
 */
export function reachOf(
  pool: Pool,
  service: ServiceIntent,
  advertisements: readonly L2Advertisement[],
  nodes: readonly NodeInfo[],
): Reach | AnnouncementRefusal {
  const forPool = advertisements.filter((advertisement) => selectsPool(advertisement, pool));
  if (forPool.length === 0 && pool.advertise === "Auto") {
    return { nodes: new Map(nodes.map(({ name }) => [name, ANYWHERE])), isShared: false, advertisements: [] };
  }
  const matching = forPool.filter(({ serviceSelectors }) => {
    return serviceSelectors.length === 0 || anySelectorMatches(serviceSelectors, service.labels);
  });
  if (matching.length === 0) return { code: "NoAnnouncement", pool: pool.name };
  const selected = nodes.flatMap((node) => {
    const own = matching.filter((advertisement) => selectsNode(advertisement, node));
    if (own.length === 0) return [];
    const reach = { links: own.map(({ links }) => links), weight: own.reduce((sum, one) => sum + weigh(one, node), 0) };
    return [[node.name, reach] as const];
  });
  const isShared = matching.some(({ share }) => share === "Client");
  return { nodes: new Map(selected), isShared, advertisements: matching.map(({ name }) => name) };
}

function weigh({ preferredNodes }: L2Advertisement, { labels }: NodeInfo): number {
  return preferredNodes.reduce((sum, { weight, selector }) => {
    return anySelectorMatches([selector], labels) ? sum + weight : sum;
  }, 0);
}

function selectsPool({ ipAddressPools, ipAddressPoolSelectors }: L2Advertisement, pool: Pool): boolean {
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return true;
  return ipAddressPools.includes(pool.name) || anySelectorMatches(ipAddressPoolSelectors, pool.labels);
}

function selectsNode({ nodeSelectors }: L2Advertisement, node: NodeInfo): boolean {
  return nodeSelectors.length === 0 || anySelectorMatches(nodeSelectors, node.labels);
}
