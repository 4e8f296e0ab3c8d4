import {
  type AnnouncementRefusal,
  anySelectorMatches,
  type L2Advertisement,
  type NodeInfo,
  type Pool,
  type Service,
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

/** Where addresses may be announced, by the advertisements and nodes of one state. Alike Services get the same object. */
export class Reaches {
  readonly #advertisements: readonly L2Advertisement[];
  readonly #nodes: readonly NodeInfo[];
  readonly #forPool = new Map<string, readonly L2Advertisement[]>();
  readonly #reaches = new Map<string, Reach>();

  constructor(advertisements: readonly L2Advertisement[], nodes: readonly NodeInfo[]) {
    this.#advertisements = advertisements;
    this.#nodes = nodes;
  }

  /**
   * The nodes and links that the advertisements of a pool allow a Service, as a union (L-01 to L-11 of test/reference). A pool
   * that no advertisement selects announces everywhere by itself, unless it is Manual.
   */
  of(pool: Pool, service: Pick<Service, "labels">): Reach | AnnouncementRefusal {
    const forPool = this.#selecting(pool);
    if (forPool.length === 0 && pool.advertise === "Auto") return this.#by([]);
    const matching = forPool.filter(({ serviceSelectors }) => {
      return serviceSelectors.length === 0 || anySelectorMatches(serviceSelectors, service.labels);
    });
    return matching.length === 0 ? { code: "NoAnnouncement", pool: pool.name } : this.#by(matching);
  }

  #selecting(pool: Pool): readonly L2Advertisement[] {
    const known = this.#forPool.get(pool.name);
    if (known !== undefined) return known;
    const forPool = this.#advertisements.filter((advertisement) => selectsPool(advertisement, pool));
    this.#forPool.set(pool.name, forPool);
    return forPool;
  }

  /** @param matching - none for everywhere. */
  #by(matching: readonly L2Advertisement[]): Reach {
    const advertisements = matching.map(({ name }) => name);
    const key = advertisements.join();
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const isShared = matching.some(({ share }) => share === "Client");
    const nodes = new Map<string, NodeReach>();
    for (const node of this.#nodes) {
      if (matching.length === 0) nodes.set(node.name, ANYWHERE);
      const own = matching.filter((advertisement) => selectsNode(advertisement, node));
      if (own.length === 0) continue;
      const weight = own.reduce((sum, one) => sum + weigh(one, node), 0);
      nodes.set(node.name, { links: own.map(({ links }) => links), weight });
    }
    const reach = { nodes, isShared, advertisements };
    this.#reaches.set(key, reach);
    return reach;
  }
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
