import { block, concat } from "@fairlead/nftables";
import { FAMILIES, serviceKey, setName } from "./terms.ts";

/** A chain that picks one of N endpoints; all services with N endpoints share it. */
export interface Balancer {
  readonly affinity: "None" | "ClientIP";
  /** The map to pick from. */
  readonly from: "endpoints" | "inside-endpoints";
  /** Number of endpoints, at least 1. */
  readonly count: number;
}

const AFFINITIES = ["None", "ClientIP"] as const;
const SOURCES = ["endpoints", "inside-endpoints"] as const;

// nft 1.0.6 crashes on listing a map declared `typeof jhash`; numgen gives an index of the same type.
const INDEX = "numgen random mod 65536";

// The same on every node, so that a client keeps its endpoint when its VIP moves.
const SEED = "0x5eed";

/** The chain's name: "rr-3", "ah-3" with affinity, "rri-3" and "ahi-3" for the inside view. */
export function balancerName({ affinity, from, count }: Balancer): string {
  return `${affinity === "ClientIP" ? "ah" : "rr"}${from === "endpoints" ? "" : "i"}-${count}`;
}

/** The inverse of {@link balancerName}; undefined for other chains' names. */
export function parseBalancerName(name: string): Balancer | undefined {
  const match = /^(rr|ah)(i?)-([1-9]\d*)$/.exec(name);
  if (match === null) return undefined;
  return {
    affinity: match[1] === "ah" ? "ClientIP" : "None",
    from: match[2] === "i" ? "inside-endpoints" : "endpoints",
    count: Number(match[3]),
  };
}

/** The chain: a random endpoint, or with affinity the one that the client's address hashes to. */
export function balancerChain(balancer: Balancer): string {
  const { affinity, from, count } = balancer;
  const rules = FAMILIES.map((terms) => {
    const index =
      affinity === "ClientIP" ? `jhash ${terms.ip} saddr mod ${count} seed ${SEED}` : `numgen random mod ${count}`;
    return `dnat ${terms.ip} to ${concat(serviceKey(terms), index)} map @${setName(from, terms.family)}`;
  });
  return block(`chain ${balancerName(balancer)}`, rules);
}

/** Declarations of the maps that balancers pick from. */
export function balancerMaps(): string[] {
  return FAMILIES.flatMap((terms) =>
    SOURCES.map((from) =>
      block(`map ${setName(from, terms.family)}`, [
        `typeof ${concat(serviceKey(terms), INDEX)} : ${concat(`${terms.ip} daddr`, "th dport")}`,
      ]),
    ),
  );
}

/**
 * The balancers to load with a table that needs `needed`: of each kind all counts up to a power of two, at least 16.
 * nft 1.0.6 cannot add them later: it lets no new rule use a map of this type that the kernel has already.
 */
export function balancersFor(needed: readonly Balancer[]): Balancer[] {
  return AFFINITIES.flatMap((affinity) =>
    SOURCES.flatMap((from) => {
      const alike = needed.filter((balancer) => balancer.affinity === affinity && balancer.from === from);
      const most = alike.reduce((count, balancer) => Math.max(count, balancer.count), 16);
      const spare = 2 ** Math.ceil(Math.log2(most));
      return Array.from({ length: spare }, (_, index) => ({ affinity, from, count: index + 1 }));
    }),
  );
}
