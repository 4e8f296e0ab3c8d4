import { isServed } from "@fairlead/model";
import { type IpAddress, parseAddress } from "@fairlead/net";
import type { Claim } from "./claim.ts";
import { ServiceEndpoints } from "./endpoints.ts";
import { holdersByAddress, poolOf } from "./holders.ts";
import { type Layer2Survey, Layer2Surveyor } from "./layer2.ts";
import type { ClusterView } from "./snapshot.ts";

/** An address that is to be announced, and what each way to announce makes of it, on every node. */
export interface SurveyedAddress {
  readonly ip: IpAddress;
  /** The Services that have it. The first one's ports count first. */
  readonly claims: readonly [Claim, ...Claim[]];
  readonly layer2: Layer2Survey;
}

/** All of them, by canonical text. */
export type Survey = ReadonlyMap<string, SurveyedAddress>;

/**
 * For every address of a state, and of every node: what it may do for the address, or why it may not. Total and pure. One
 * pass serves all nodes: what is the same for many addresses is computed once.
 */
export function survey(view: ClusterView): Survey {
  const endpoints = Map.groupBy(view.endpoints, ({ namespace, service }) => `${namespace}/${service}`);
  const holders = holdersByAddress(view);
  const claims = new Map<string, [Claim, ...Claim[]]>();
  for (const service of view.services) {
    if (service.ingress.length === 0 || !isServed(service, view.classes)) continue;
    const own = new ServiceEndpoints(endpoints.get(`${service.namespace}/${service.name}`) ?? []);
    for (const address of new Set(service.ingress)) {
      const pool = poolOf(service, address, holders, view.pools);
      if (pool === undefined) continue;
      const claim = { service, pool, endpoints: own };
      const others = claims.get(address);
      if (others === undefined) claims.set(address, [claim]);
      else others.push(claim);
    }
  }
  for (const [address, sharers] of claims) {
    const uids = holders.get(address)?.uids ?? [];
    sharers.sort((a, b) => uids.indexOf(a.service.uid) - uids.indexOf(b.service.uid));
  }
  const layer2 = new Layer2Surveyor(view, claims);
  return new Map(
    Array.from(claims, ([address, sharers]) => {
      const ip = parseAddress(address);
      return [address, { ip, claims: sharers, layer2: layer2.survey(address, ip, sharers) }];
    }),
  );
}
