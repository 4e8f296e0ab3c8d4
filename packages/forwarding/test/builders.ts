import { parseAddress, parseRange } from "@fairlead/net";
import fc from "fast-check";
import type { ForwardedEndpoint, ForwardedPort, ForwardingMode, ForwardingTable } from "../src/table.ts";

/** A port of 198.51.100.10, TCP 80, policy Cluster, without endpoints. */
export function aPort(fields: Partial<ForwardedPort> = {}): ForwardedPort {
  return {
    vip: parseAddress("198.51.100.10"),
    protocol: "TCP",
    port: 80,
    policy: "Cluster",
    affinity: "None",
    sourceRanges: [],
    endpoints: [],
    ...fields,
  };
}

/** An endpoint on this node, port 8080. */
export function here(address: string, port = 8080): ForwardedEndpoint {
  return { address: parseAddress(address), port, local: true };
}

/** An endpoint on another node, port 8080. */
export function there(address: string, port = 8080): ForwardedEndpoint {
  return { ...here(address, port), local: false };
}

/** A table in mode `direct` of a cluster with the pod ranges 10.244.0.0/16 and fd44::/48. */
export function aTable(ports: readonly ForwardedPort[], fields: Partial<ForwardingTable> = {}): ForwardingTable {
  return {
    mode: "direct",
    ports,
    internal: [parseRange("10.244.0.0/16"), parseRange("fd44::/48")],
    nodeAddresses: [parseAddress("192.168.50.11"), parseAddress("fd50::11")],
    ...fields,
  };
}

/** Tables with few VIPs, ports and endpoints, so that two of them have much in common. */
export function tables(modes: readonly ForwardingMode[]): fc.Arbitrary<ForwardingTable> {
  return fc
    .record({ mode: fc.constantFrom(...modes), ports: fc.array(fc.oneof(ports(4), ports(6)), { maxLength: 8 }) })
    .map(({ mode, ports }) => aTable(ports, { mode }));
}

function ports(family: 4 | 6): fc.Arbitrary<ForwardedPort> {
  const [vip, pod] = family === 4 ? ["198.51.100.1", "10.244.1.1"] : ["fdee::1", "fd44::1"];
  const ranges =
    family === 4 ? ["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0"] : ["2001:db8::/32", "2001:db8:1::/48", "::/0"];
  return fc.record(
    {
      vip: fc.constantFrom("0", "1").map((last) => parseAddress(vip + last)),
      protocol: fc.constantFrom("TCP", "UDP", "SCTP"),
      port: fc.constantFrom(53, 80),
      nodePort: fc.constantFrom(30080, 30081),
      policy: fc.constantFrom("Cluster", "Local"),
      affinity: fc.constantFrom("None", "ClientIP"),
      sourceRanges: fc.array(fc.constantFrom(...ranges, "192.0.2.1-192.0.2.9").map(parseRange), { maxLength: 3 }),
      endpoints: fc.array(
        fc.record({
          address: fc.constantFrom("0", "1", "2").map((last) => parseAddress(pod + last)),
          port: fc.constantFrom(8080, 8081),
          local: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: ["vip", "protocol", "port", "policy", "affinity", "sourceRanges", "endpoints"] },
  );
}
