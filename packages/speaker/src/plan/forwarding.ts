import type { ForwardedPort, ForwardingTable } from "@fairlead/forwarding";
import { formatAddress, type IpAddress } from "@fairlead/net";
import type { Claim } from "../survey/claim.ts";
import { usableEndpoints } from "../survey/endpoints.ts";
import type { Snapshot } from "../survey/snapshot.ts";
import type { Survey } from "../survey/survey.ts";
import type { ForwardingRules, Plan } from "./plan.ts";

/** What a node is to forward. */
export function planForwarding(survey: Survey, snapshot: Snapshot): Pick<Plan, "ports" | "forwarding"> {
  const ports = new Map<string, ForwardedPort>();
  for (const { ip, claims } of survey.values()) {
    for (const claim of claims) {
      for (const port of portsOf(ip, claim, snapshot)) {
        const key = `${formatAddress(port.vip)} ${port.protocol} ${port.port}`;
        if (!ports.has(key)) ports.set(key, port);
      }
    }
  }
  return { ports, forwarding: new Map([["node", rulesOf(snapshot)]]) };
}

/** The whole table of a plan, as forwarding wants it. */
export function forwardingTable({ ports, forwarding }: Pick<Plan, "ports" | "forwarding">): ForwardingTable {
  const rules = forwarding.get("node") ?? { mode: "none", internal: [], nodeAddresses: [] };
  return { ...rules, ports: [...ports.values()] };
}

function portsOf(
  vip: IpAddress,
  { service, endpoints }: Claim,
  { node: self, lost }: Pick<Snapshot, "node" | "lost">,
): ForwardedPort[] {
  return service.ports.map(({ name, protocol, port, nodePort }) => {
    const all = endpoints.of(name, protocol).filter(({ address }) => address.family === vip.family);
    const local = usableEndpoints(all.filter(({ nodeName }) => nodeName === self));
    // Under policy Local each node falls back to its own terminating endpoints; under Cluster, all together do.
    const usable = usableEndpoints(all, lost);
    const chosen = service.externalTrafficPolicy === "Local" ? [...new Set([...local, ...usable])] : usable;
    return {
      vip,
      protocol,
      port,
      ...(nodePort !== undefined && { nodePort }),
      policy: service.externalTrafficPolicy,
      affinity: service.sessionAffinity,
      sourceRanges: service.sourceRanges,
      endpoints: chosen.map(({ address, port: target, nodeName }) => {
        // Policy Local is about keeping the client's address: what runs on no node is as near to one as to another.
        const near = nodeName === undefined && service.externalTrafficPolicy === "Local";
        return { address, port: target, local: near || nodeName === self };
      }),
    };
  });
}

function rulesOf({ node, nodes, forwarding }: Snapshot): ForwardingRules {
  const here = nodes.find(({ name }) => name === node);
  const own = here?.internalAddresses ?? [];
  const firsts = [4, 6].flatMap((family) => own.find((address) => address.family === family) ?? []);
  return { mode: forwarding, internal: nodes.flatMap(({ podRanges }) => podRanges), nodeAddresses: firsts };
}
