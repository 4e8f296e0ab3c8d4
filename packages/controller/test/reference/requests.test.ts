import { aPool, aService, DUAL, noPool, PREFER, REQUIRE, referenceTable, V6 } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/29", "2001:db8::/125"]);
const ASKED = aPool("asked", ["198.51.100.0/30"], { autoAssign: false });
const ip = (loadBalancerIPs: string) => ({ loadBalancerIPs });

referenceTable("reference 2.4, 2.9.2: requests", [
  {
    id: "E-072",
    says: "who asks for nothing gets the lowest address",
    steps: [LAN, aService("a")],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "E-075",
    says: "annotation and spec.loadBalancerIP that differ are refused",
    steps: [LAN, aService("a", ip("192.0.2.1"), { loadBalancerIP: "192.0.2.2" })],
    holds: { a: [] },
    reasons: { a: "ConflictingRequest" },
  },
  {
    id: "E-075",
    says: "annotation and spec.loadBalancerIP may say the same",
    steps: [LAN, aService("a", ip("2001:db8:0::1"), { ...V6, loadBalancerIP: "2001:db8::1" })],
    holds: { a: ["2001:db8::1"] },
    metallb: "refuses whenever both are there",
  },
  {
    id: "E-077",
    says: "what is no address is refused",
    steps: [LAN, aService("a", ip("192.0.2"))],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  },
  {
    id: "E-079",
    says: "two of one family are refused",
    steps: [LAN, aService("a", ip("192.0.2.1,192.0.2.2"))],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  },
  {
    id: "E-080",
    says: "who holds one and asks for another in no pool keeps it",
    steps: [LAN, aService("a"), aService("a", ip("203.0.113.1"))],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "AddressNotInPool" },
    metallb: "takes it away",
  },
  {
    id: "E-082",
    says: "who asks for another pool moves there, autoAssign or not",
    steps: [LAN, ASKED, aService("a"), aService("a", { addressPool: "asked" })],
    holds: { a: ["198.51.100.0"] },
  },
  {
    id: "E-087, A-38",
    says: "an address of a pool that gives nothing unasked is given to who asks",
    steps: [LAN, ASKED, aService("a", ip("198.51.100.2"))],
    holds: { a: ["198.51.100.2"] },
  },
  ...(["annotation", "field"] as const).map((by) => ({
    id: "E-090",
    says: `an IPv4 address is refused to an IPv6 Service, by ${by}`,
    steps: [
      LAN,
      by === "field" ? aService("a", {}, { ...V6, loadBalancerIP: "192.0.2.1" }) : aService("a", ip("192.0.2.1"), V6),
    ],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  })),
  {
    id: "E-092",
    says: "a Service whose family changed gives the former one up",
    steps: [LAN, aService("a", {}, V6), aService("a", {}, { clusterIPs: ["10.96.0.1"] })],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "E-095",
    says: "both families come from the pool asked for",
    steps: [LAN, aPool("b", ["198.51.100.0/30", "2001:db8:1::/126"]), aService("a", { addressPool: "b" }, REQUIRE)],
    holds: { a: ["198.51.100.0", "2001:db8:1::"] },
  },
  {
    id: "E-099",
    says: "an IPv6 Service that prefers two gets IPv6 from the pool asked for",
    steps: [
      LAN,
      aPool("six", ["2001:db8:1::/126"]),
      aService("a", { addressPool: "six" }, { ...V6, ipFamilyPolicy: "PreferDualStack" }),
    ],
    holds: { a: ["2001:db8:1::"] },
  },
  {
    id: "E-102",
    says: "one address is too few for who needs two",
    steps: [LAN, aService("a", ip("192.0.2.1"), REQUIRE)],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  },
  {
    id: "E-102",
    says: "one address is enough for who prefers two",
    steps: [LAN, aService("a", ip("192.0.2.1"), PREFER)],
    holds: { a: ["192.0.2.1"] },
    metallb: "refuses one address for two cluster addresses, whatever the policy",
  },
  {
    id: "E-105",
    says: "two addresses are too many for who has one family",
    steps: [LAN, aService("a", ip("192.0.2.1,2001:db8::1"))],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  },
  {
    id: "A-30",
    says: "an address and a pool that does not have it are refused",
    steps: [LAN, ASKED, aService("a", { loadBalancerIPs: "192.0.2.1", addressPool: "asked" })],
    holds: { a: [] },
    reasons: { a: "AddressNotInPool" },
    messages: { a: '"asked"' },
  },
  {
    id: "A-30, E-020",
    says: "an address and the pool that has it are met",
    steps: [LAN, aService("a", { loadBalancerIPs: "2001:db8::4,192.0.2.4", addressPool: "lan" }, REQUIRE)],
    holds: { a: ["192.0.2.4", "2001:db8::4"] },
  },
  {
    id: "A-30",
    says: "two addresses asked for may be of two pools",
    steps: [LAN, ASKED, aService("a", ip("198.51.100.1,2001:db8::1"), DUAL)],
    holds: { a: ["198.51.100.1", "2001:db8::1"] },
    metallb: "all must be of one pool",
  },
  {
    id: "A-31, E-039",
    says: "a pool that does not exist is refused, and no other is taken",
    steps: [
      LAN,
      aService("a", { addressPool: "absent" }),
      aService("b", { loadBalancerIPs: "192.0.2.1", addressPool: "absent" }),
    ],
    holds: { a: [], b: [] },
    reasons: { a: "UnknownPool", b: "UnknownPool" },
  },
  {
    id: "A-37, E-002",
    says: "who goes on asking for what it holds keeps it, even when the pool is gone",
    steps: [LAN, aService("a", ip("192.0.2.4")), noPool("lan")],
    holds: { a: ["192.0.2.4"] },
    metallb: "takes it away",
  },
]);
