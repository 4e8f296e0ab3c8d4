import { aPool, aService, DUAL, referenceTable, V6 } from "../reference/table.ts";
import { aClaim, aNode, aServiceCidr, aSpeaker, aStranger, noStranger } from "./steps.ts";

const STRANGER = "02:00:5e:00:53:99";
const LAN = aPool("lan", ["192.0.2.0/29"]);

referenceTable("addresses that the network needs", [
  {
    id: "learned",
    says: "are never given out: network, node, router and broadcast address",
    steps: [
      aSpeaker("n1", ["192.0.2.1/29"], ["192.0.2.2"]),
      aNode("n1", ["192.0.2.3"]),
      LAN,
      ...["a", "b", "c", "d"].map((name) => aService(name)),
    ],
    holds: { a: ["192.0.2.4"], b: ["192.0.2.5"], c: ["192.0.2.6"], d: [] },
    counts: { lan: { totalIPv4: 8, usableIPv4: 3, assignedIPv4: 3, availableIPv4: 0 } },
  },
  {
    id: "ranges",
    says: "are those of pods and of cluster addresses too",
    steps: [
      aNode("n1", [], ["192.0.2.0/30"]),
      aServiceCidr("kubernetes", "192.0.2.4/31"),
      LAN,
      aService("a"),
      aService("b", { loadBalancerIPs: "192.0.2.1" }),
      aService("c", { loadBalancerIPs: "192.0.2.5" }),
    ],
    holds: { a: ["192.0.2.6"], b: [], c: [] },
    reasons: { b: "AddressUnusable", c: "AddressUnusable" },
    messages: { b: "in the pod range of Node n1", c: "ServiceCIDR kubernetes" },
  },
  {
    id: "routed",
    says: "are none in a pool that no node is connected to",
    steps: [aSpeaker("n1", ["198.51.100.1/24"]), LAN, aService("a")],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "subnet of two",
    says: "are not the ends of a subnet that has no others",
    steps: [aSpeaker("n1", ["192.0.2.1/31"]), LAN, aService("a")],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "IPv6",
    says: "are the first of a subnet of IPv6, and not its last",
    steps: [
      aSpeaker("n1", ["2001:db8::5/126"]),
      aPool("lan", ["2001:db8::4/126"]),
      ...["a", "b", "c"].map((name) => aService(name, {}, V6)),
    ],
    holds: { a: ["2001:db8::6"], b: ["2001:db8::7"], c: [] },
  },
  {
    id: "named",
    says: "are named to who asks for one",
    steps: [aSpeaker("n1", ["192.0.2.1/29"]), LAN, aService("a", { loadBalancerIPs: "192.0.2.7" })],
    holds: { a: [] },
    reasons: { a: "AddressUnusable" },
    messages: { a: "the broadcast address of 192.0.2.0/29" },
  },
  {
    id: "claimed",
    says: "are reserved for nobody",
    steps: [aNode("n1", ["192.0.2.0"]), LAN, aClaim("c", { serviceName: "a" }), aService("a")],
    holds: { a: ["192.0.2.1"] },
  },
  {
    id: "held",
    says: "stay with the Service that held one before, which drains",
    steps: [LAN, aService("a"), aNode("n1", ["192.0.2.0"]), aService("b")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
    reasons: { a: "Draining" },
    messages: { a: "an address of Node n1" },
  },
  {
    id: "moved",
    says: "are left by a Service that says so",
    steps: [LAN, aService("a"), aNode("n1", ["192.0.2.0"]), aService("a", { reallocate: "true" })],
    holds: { a: ["192.0.2.1"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "in use",
    says: "are those that a stranger has: a Service that nobody announced there gets another one",
    steps: [LAN, aService("a"), aStranger("192.0.2.0", STRANGER), aService("b")],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.2"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "in use, both",
    says: "are those that a stranger has, of each family by itself",
    steps: [
      aPool("lan", ["192.0.2.0/29", "2001:db8::/125"]),
      aService("a", {}, DUAL),
      aStranger("2001:db8::", STRANGER),
    ],
    holds: { a: ["192.0.2.0", "2001:db8::1"] },
  },
  {
    id: "in use, none left",
    says: "stay with a Service that can have no other",
    steps: [aPool("lan", ["192.0.2.0/32"]), aService("a"), aStranger("192.0.2.0", STRANGER)],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "PoolFull" },
  },
  {
    id: "in use, asked",
    says: "stay with a Service that asked for one, and is told who has it",
    steps: [LAN, aService("a", { loadBalancerIPs: "192.0.2.3" }), aStranger("192.0.2.3", STRANGER)],
    holds: { a: ["192.0.2.3"] },
    reasons: { a: "Draining" },
    messages: { a: `in use by ${STRANGER}, seen by Node n1 on eth0` },
  },
  {
    id: "in use, before",
    says: "stay with a Service that was announced there before a stranger came",
    steps: [LAN, aService("a"), aStranger("192.0.2.0", STRANGER, { beforeAnnounced: false })],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "Draining" },
  },
  {
    id: "in use, beside",
    says: "are not those that a speaker answers for, too",
    steps: [LAN, aStranger("192.0.2.0", STRANGER, { reason: "AddressConflict" }), aService("a")],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "in use, speaker",
    says: "are not those of a speaker that another one does not hear",
    steps: [LAN, aService("a"), aStranger("192.0.2.0", "02:00:00:00:00:01")],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "in use, gone",
    says: "are given out when the stranger is gone",
    steps: [LAN, aService("a"), aStranger("192.0.2.0", STRANGER), noStranger(), aService("b")],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.0"] },
  },
  {
    id: "no more",
    says: "are given out when the network no longer needs them",
    steps: [aNode("n1", ["192.0.2.0"]), LAN, aService("a"), aNode("n1", []), aService("b")],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.0"] },
  },
]);
