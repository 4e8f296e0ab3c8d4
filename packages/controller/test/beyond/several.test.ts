import { aPool, aService, noService, REQUIRE, referenceTable } from "../reference/table.ts";

const LAN = aPool("lan", ["192.0.2.0/30", "2001:db8::/126"]);

referenceTable("several addresses of one Service", [
  {
    id: "two",
    says: "are of each family as many as it asks for",
    steps: [LAN, aService("a", { addresses: "2" }, REQUIRE)],
    holds: { a: ["192.0.2.0", "192.0.2.1", "2001:db8::", "2001:db8::1"] },
    reasons: { a: "Allocated" },
    counts: { lan: { assignedIPv4: 2, assignedIPv6: 2 } },
  },
  {
    id: "more",
    says: "are added to those that it has",
    steps: [LAN, aService("a"), aService("b"), aService("a", { addresses: "3" })],
    holds: { a: ["192.0.2.0", "192.0.2.2", "192.0.2.3"], b: ["192.0.2.1"] },
  },
  {
    id: "fewer",
    says: "are given up from the last",
    steps: [LAN, aService("a", { addresses: "3" }), aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
  },
  {
    id: "part",
    says: "are as many as there are, and the Service is told what is missing",
    steps: [aPool("lan", ["192.0.2.0/31"]), aService("a", { addresses: "3" })],
    holds: { a: ["192.0.2.0", "192.0.2.1"] },
    reasons: { a: "PoolFull" },
    messages: { a: "Until then it keeps 192.0.2.0" },
  },
  {
    id: "room",
    says: "are made up when there is room",
    steps: [aPool("lan", ["192.0.2.0/31"]), aService("b"), aService("a", { addresses: "2" }), noService("b")],
    holds: { a: ["192.0.2.1", "192.0.2.0"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "named",
    says: "may be asked for by name, as many as it asks for",
    steps: [LAN, aService("a", { addresses: "2", loadBalancerIPs: "192.0.2.3,192.0.2.1" })],
    holds: { a: ["192.0.2.3", "192.0.2.1"] },
  },
  {
    id: "too many",
    says: "are refused by name when it asks for fewer",
    steps: [LAN, aService("a", { addresses: "2", loadBalancerIPs: "192.0.2.1,192.0.2.2,192.0.2.3" })],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
    messages: { a: "at most 2 different IP addresses" },
  },
  ...["0", "9", "two", ""].map((addresses) => ({
    id: "nonsense",
    says: `are refused for ${JSON.stringify(addresses)}`,
    steps: [LAN, aService("a", { addresses })],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
    messages: { a: "a whole number from 1 to 8" },
  })),
]);

const WAN = aPool("wan", ["198.51.100.0/32"]);

referenceTable("several pools in order", [
  {
    id: "first",
    says: "serve from the first that has room",
    steps: [LAN, WAN, aService("a", { addressPool: "wan, lan" }), aService("b", { addressPool: "wan, lan" })],
    holds: { a: ["198.51.100.0"], b: ["192.0.2.0"] },
  },
  {
    id: "unknown",
    says: "may name some that do not exist",
    steps: [LAN, aService("a", { addressPool: "none,lan" }), aService("b", { addressPool: "none,nor" })],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "UnknownPool" },
    messages: { b: "none,nor" },
  },
  {
    id: "stay",
    says: "move nobody from a later one when an earlier one has room",
    steps: [
      LAN,
      WAN,
      aService("b"),
      aService("x", { addressPool: "wan" }),
      aService("a", { addressPool: "wan,lan" }),
      noService("x"),
    ],
    holds: { b: ["192.0.2.0"], a: ["192.0.2.1"] },
  },
  {
    id: "address",
    says: "hold an address that is asked for beside",
    steps: [LAN, WAN, aService("a", { addressPool: "wan,lan", loadBalancerIPs: "192.0.2.2" })],
    holds: { a: ["192.0.2.2"] },
  },
]);
