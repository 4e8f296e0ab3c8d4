import { block, concat } from "@fairlead/nftables";
import { FAMILIES, type SetKind, serviceKey, setName } from "./terms.ts";

/** A chain that picks one of N endpoints; all services with N endpoints share it. */
export interface Balancer {
  readonly affinity: "None" | "ClientIP";
  /** The map to pick from. */
  readonly from: "endpoints" | "inside-endpoints";
  /** Number of endpoints, at least 1. */
  readonly count: number;
}

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
  const kinds: readonly SetKind[] = ["endpoints", "inside-endpoints"];
  return FAMILIES.flatMap(({ ip, family }) =>
    // nft 1.0.6 lets no new rule use a map that it once declared by `th dport`. tcp dport is of the same type, and only
    // the type matters here.
    kinds.map((kind) =>
      block(`map ${setName(kind, family)}`, [
        `typeof ${concat(`${ip} daddr`, "meta l4proto", "tcp dport", INDEX)} : ${concat(`${ip} daddr`, "tcp dport")}`,
      ]),
    ),
  );
}
