import { pool } from "@fairlead/kube/testing";
import { expect } from "chai";
import { aPool, aService, noPool, REQUIRE, type Row, referenceTable } from "./table.ts";

const LAN = ["192.0.2.0/31"];
const refused = (id: string, says: string, addresses: readonly string[], reason: string): Row => ({
  id,
  says: `${says} is refused, and says so`,
  steps: [aPool("bad", addresses), aService("a")],
  holds: { a: [] },
  reasons: { a: "NoPool" },
  pools: { bad: reason },
});

referenceTable("reference 1.1, 2.9.3: what a pool may be", [
  refused("P-01", "a pool of no entries", [], "InvalidObject"),
  {
    id: "P-01",
    says: "a pool of no entries that is given one is used",
    steps: [aPool("lan", []), aService("a"), aPool("lan", LAN)],
    holds: { a: ["192.0.2.0"] },
    pools: { lan: "Accepted" },
  },
  {
    id: "P-06",
    says: "both families in one pool serve who needs both",
    steps: [aPool("lan", ["2001:db8::/127", "192.0.2.0/31"]), aService("a", {}, REQUIRE)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
    counts: { lan: { totalIPv4: 2, assignedIPv4: 1, totalIPv6: 2, assignedIPv6: 1 } },
  },
  refused("P-02, E-147", "an octet above 255", ["100.200.300.400/24"], "InvalidRange"),
  refused("P-02, E-147", "a length above 32", ["1.2.3.0/33"], "InvalidRange"),
  refused("P-03, E-147", "a range from its end to its start", ["1.2.3.10-1.2.3.1"], "InvalidRange"),
  refused("P-04", "a bare address", ["192.0.2.1"], "InvalidRange"),
  refused("P-05", "a range of two families", ["192.0.2.1-2001:db8::1"], "InvalidRange"),
  refused("P-07, E-162", "an overlap within the pool", ["192.0.2.0/24", "192.0.2.9/32"], "PoolOverlaps"),
  {
    id: "E-162",
    says: "of two pools of the same block the older is used",
    steps: [aPool("b", LAN), aPool("a", LAN), aService("x")],
    holds: { x: ["192.0.2.0"] },
    messages: { x: "from IPAddressPool b" },
    pools: { a: "PoolOverlaps", b: "Accepted" },
    metallb: "refuses the whole configuration",
  },
  {
    id: "E-162",
    says: "of two pools that overlap the younger is used once the older is gone",
    steps: [aPool("b", LAN), aPool("a", ["192.0.2.1/32", "192.0.2.8/32"]), noPool("b"), aService("x")],
    holds: { x: ["192.0.2.1"] },
    pools: { a: "Accepted" },
  },
  {
    id: "E-130",
    says: "an empty cluster is a good one, and nothing is written",
    steps: [() => {}],
    holds: {},
    silent: true,
  },
  {
    id: "E-029",
    says: "what is allocated from a pool does not change its spec",
    steps: [aPool("lan", LAN), aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
    also: ({ cluster }) =>
      expect(cluster.get({ kind: "IPAddressPool", name: "lan" })?.spec).to.deep.equal(
        pool("lan", { addresses: LAN }).spec,
      ),
  },
  {
    id: "E-029",
    says: "a pool that is applied again unchanged causes no write",
    steps: [aPool("lan", LAN), aService("a"), aPool("lan", LAN)],
    holds: { a: ["192.0.2.0"] },
    silent: true,
  },
]);
