import {
  type AnnouncementRefusal,
  anySelectorMatches,
  type L2Advertisement,
  type NodeInfo,
  type Pool,
  type ServiceIntent,
} from "@fairlead/model";

/** Where an address may be announced. */
export interface Reach {
  readonly nodes: ReadonlySet<string>;
  /** Links of this node, by name; empty for those whose subnet holds the address. */
  readonly interfaces: readonly string[];
  /** The advertisements that say so; empty when the pool announces by itself. */
  readonly advertisements: readonly string[];
}

/**
 * The nodes and links that the advertisements of a pool allow a Service, as a union (metallb L-01 to L-10). A pool that
 * no advertisement selects announces everywhere by itself, unless it is Manual.
 *
 * @param self - name of this node.
 */
export function reachOf(
  pool: Pool,
  service: ServiceIntent,
  advertisements: readonly L2Advertisement[],
  nodes: readonly NodeInfo[],
  self: string,
): Reach | AnnouncementRefusal {
  const forPool = advertisements.filter((advertisement) => selectsPool(advertisement, pool));
  if (forPool.length === 0 && pool.advertise === "Auto") {
    return { nodes: new Set(nodes.map(({ name }) => name)), interfaces: [], advertisements: [] };
  }
  const matching = forPool.filter(({ serviceSelectors }) => {
    return serviceSelectors.length === 0 || anySelectorMatches(serviceSelectors, service.labels);
  });
  if (matching.length === 0) return { code: "NoAnnouncement", pool: pool.name };
  const selected = nodes.filter((node) => matching.some((advertisement) => selectsNode(advertisement, node)));
  const here = nodes.find(({ name }) => name === self);
  const mine = matching.filter((advertisement) => here !== undefined && selectsNode(advertisement, here));
  const everyLink = mine.some(({ interfaces }) => interfaces.length === 0);
  return {
    nodes: new Set(selected.map(({ name }) => name)),
    interfaces: everyLink ? [] : [...new Set(mine.flatMap(({ interfaces }) => interfaces))],
    advertisements: matching.map(({ name }) => name),
  };
}

function selectsPool({ ipAddressPools, ipAddressPoolSelectors }: L2Advertisement, pool: Pool): boolean {
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return true;
  return ipAddressPools.includes(pool.name) || anySelectorMatches(ipAddressPoolSelectors, pool.labels);
}

function selectsNode({ nodeSelectors }: L2Advertisement, node: NodeInfo): boolean {
  return nodeSelectors.length === 0 || anySelectorMatches(nodeSelectors, node.labels);
}
