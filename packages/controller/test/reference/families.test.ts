import { aPool, aService, PREFER, REQUIRE, referenceTable, V6 } from "./table.ts";

const FOUR = ["192.0.2.0/30"];
const SIX = ["2001:db8::/126"];

referenceTable("reference 2.6: two families", [
  {
    id: "A-60",
    says: "SingleStack gets the family of its cluster address",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a"), aService("b", {}, V6)],
    holds: { a: ["192.0.2.0"], b: ["2001:db8::"] },
  },
  {
    id: "A-61",
    says: "RequireDualStack gets both from one pool, though another is tried first",
    steps: [aPool("a", ["198.51.100.0/30"]), aPool("b", [...FOUR, ...SIX]), aService("a", {}, REQUIRE)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
  },
  {
    id: "A-61",
    says: "RequireDualStack gets each from a pool of its own where none has both",
    steps: [aPool("a", FOUR), aPool("b", SIX), aService("a", {}, REQUIRE)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
    metallb: "stays pending",
  },
  {
    id: "A-61",
    says: "RequireDualStack gets nothing while one is missing",
    steps: [aPool("a", FOUR), aService("a", {}, REQUIRE)],
    holds: { a: [] },
    reasons: { a: "FamilyMissing" },
  },
  {
    id: "A-61, E-094",
    says: "RequireDualStack gets both from a pool that has both",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a", {}, REQUIRE)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "A-62",
    says: "PreferDualStack gets both from a pool that has both, though another is tried first",
    steps: [aPool("a", ["198.51.100.0/30"]), aPool("b", [...FOUR, ...SIX]), aService("a", {}, PREFER)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
  },
  {
    id: "A-62, E-037",
    says: "PreferDualStack gets the primary alone where that is all",
    steps: [aPool("lan", FOUR), aService("a", {}, PREFER)],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "A-62",
    says: "PreferDualStack gets the secondary alone where that is all",
    steps: [aPool("b", SIX), aService("a", {}, PREFER)],
    holds: { a: ["2001:db8::"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "A-63, A-65",
    says: "the primary stands first",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a", {}, { clusterIPs: ["fd00::1", "10.96.0.1"] })],
    holds: { a: ["2001:db8::", "192.0.2.0"] },
    metallb: "IPv4 always stands first",
  },
  {
    id: "A-64",
    says: "PreferDualStack of one cluster address gets that family alone",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a", {}, { ...V6, ipFamilyPolicy: "PreferDualStack" })],
    holds: { a: ["2001:db8::"] },
  },
  {
    id: "A-64, E-100",
    says: "PreferDualStack of one IPv4 cluster address gets IPv4 alone from a pool of both",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a", {}, { ipFamilyPolicy: "PreferDualStack" })],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "A-64, E-097",
    says: "PreferDualStack of one cluster address gets it from the first of the pools made for its namespace",
    steps: [
      aPool("all", [...FOUR, ...SIX]),
      aPool("ten", ["198.51.100.10/32"], { serviceAllocation: { priority: 10, namespaces: ["default"] } }),
      aPool("five", ["198.51.100.5/32"], { serviceAllocation: { priority: 5, namespaces: ["default"] } }),
      aService("a", {}, { ipFamilyPolicy: "PreferDualStack" }),
    ],
    holds: { a: ["198.51.100.5"] },
  },
  {
    id: "E-035",
    says: "who holds IPv4 and asks for IPv6 instead keeps what it has",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a"), aService("a", { loadBalancerIPs: "2001:db8::1" })],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "InvalidRequest" },
    messages: { a: "keeps 192.0.2.0" },
  },
  {
    id: "A-66",
    says: "PreferDualStack gets its second address when its pool grows",
    steps: [aPool("lan", FOUR), aService("a", {}, PREFER), aPool("lan", [...FOUR, ...SIX])],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
  },
  {
    id: "A-66",
    says: "the second address comes from the pool of the first, if that has one",
    steps: [
      aPool("lan", FOUR),
      aService("a", {}, PREFER),
      aPool("lan", [...FOUR, ...SIX]),
      aPool("first", ["2001:db8:1::/126"]),
    ],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
  },
  {
    id: "A-67",
    says: "of a pool that loses a family nothing is taken away",
    steps: [aPool("lan", [...FOUR, ...SIX]), aService("a", {}, REQUIRE), aPool("lan", FOUR)],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
    metallb: "clears both and allocates anew",
  },
  {
    id: "A-68",
    says: "another pool of two families moves nobody",
    steps: [
      aPool("lan", [...FOUR, ...SIX]),
      aService("a", {}, REQUIRE),
      aPool("a", ["198.51.100.0/30", "2001:db8:1::/126"]),
    ],
    holds: { a: ["192.0.2.0", "2001:db8::"] },
  },
  {
    id: "A-69",
    says: "who asks for more than there is keeps what it has, and is told",
    steps: [aPool("lan", FOUR), aService("a", {}, PREFER), aService("a", {}, REQUIRE)],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "FamilyMissing" },
    metallb: "takes the address away",
  },
]);
