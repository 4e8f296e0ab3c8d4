import type { ForwardedPort, ForwardingTable } from "@fairlead/forwarding";
import type { IpAddress } from "@fairlead/net";
import type { Claim } from "../survey/claim.ts";
import { usableEndpoints } from "../survey/endpoints.ts";
import type { Snapshot } from "../survey/snapshot.ts";
import type { Survey } from "../survey/survey.ts";

/** What a node is to forward by. Of equal ports the first one counts. */
export function planForwarding(survey: Survey, snapshot: Snapshot): ForwardingTable {
  const ports = [...survey.values()].flatMap(({ ip, claims }) => {
    return claims.flatMap((claim) => portsOf(ip, claim, snapshot));
  });
  const { node, nodes, forwarding: mode } = snapshot;
  const own = nodes.find(({ name }) => name === node)?.internalAddresses ?? [];
  const nodeAddresses = [4, 6].flatMap((family) => own.find((address) => address.family === family) ?? []);
  return { mode, ports, internal: nodes.flatMap(({ podRanges }) => podRanges), nodeAddresses };
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
    const terminating = all
      .filter((endpoint) => endpoint.terminating)
      .map(({ address, port: target }) => ({ address, port: target }));
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
      ...(terminating.length > 0 && { terminating }),
    };
  });
}
