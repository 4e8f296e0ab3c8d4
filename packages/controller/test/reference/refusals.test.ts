import { aPool, aService, type Row, referenceTable, type Step } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/32"]);
const ASKED = aPool("asked", ["198.51.100.0/31"], { autoAssign: false });
const SHOP = aPool("shop", ["203.0.113.0/31"], { serviceAllocation: { namespaces: ["shop"] } });

const refused = (pools: Step[], service: Step, reason: string, text: string): Row => ({
  id: "A-39",
  says: `${reason}: ${text}`,
  steps: [...pools, service],
  holds: { a: [] },
  reasons: { a: reason },
  messages: { a: text },
});

referenceTable("reference 2.4: what a Service is told that gets no address", [
  refused([], aService("a"), "NoPool", "No IPAddressPool exists"),
  {
    id: "A-39, E-115",
    says: "PoolFull: each pool, and why it is of no use",
    steps: [LAN, ASKED, SHOP, aService("x"), aService("a")],
    holds: { x: ["192.0.2.0"], a: [] },
    reasons: { a: "PoolFull" },
    messages: { a: "lan: full, asked: only on request, shop: not for this Service" },
  },
  refused([LAN], aService("a", { addressPool: "absent" }), "UnknownPool", 'IPAddressPool "absent" does not exist'),
  refused([LAN], aService("a", { loadBalancerIPs: "192.0.2.9" }), "AddressNotInPool", "192.0.2.9 is in no"),
  refused(
    [LAN, ASKED],
    aService("a", { loadBalancerIPs: "192.0.2.0", addressPool: "asked" }),
    "AddressNotInPool",
    '192.0.2.0 is not in the requested IPAddressPool "asked"',
  ),
  refused(
    [LAN, SHOP],
    aService("a", { addressPool: "shop" }),
    "NotAllowedForService",
    "spec.serviceAllocation of shop excludes its namespace or its labels",
  ),
  refused(
    [LAN],
    aService("a", { loadBalancerIPs: "2001:db8::1" }),
    "InvalidRequest",
    'must be of each family of the Service, got "2001:db8::1"',
  ),
  refused(
    [LAN],
    aService("a", { loadBalancerIPs: "web.example" }),
    "InvalidRequest",
    'annotation fairlead.dev/loadBalancerIPs must be one IP address of each family of the Service, separated by a comma, got "web.example"',
  ),
  refused(
    [LAN],
    aService("a", {}, { ipFamilyPolicy: "RequireDualStack", clusterIPs: ["10.96.0.1", "fd00::1"] }),
    "FamilyMissing",
    "lan: no address of this family",
  ),
]);
