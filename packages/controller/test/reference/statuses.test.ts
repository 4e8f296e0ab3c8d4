import { atOnce, written } from "./steps.ts";
import { aPool, aService, noService, REQUIRE, referenceTable, V6 } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/29", "2001:db8::/125"]);
const FOREIGN = { a: "ForeignStatus" };

referenceTable("reference 2.9.2: what is in a status already", [
  {
    id: "E-070",
    says: "a Service that was never served is deleted without a write",
    steps: [LAN, aService("a", {}, { type: "ClusterIP" }), noService("a")],
    holds: {},
    silent: true,
  },
  {
    id: "E-084",
    says: "an address that no pool has is another controller's, and is left alone",
    steps: [LAN, atOnce(aService("a"), written("a", "203.0.113.9"))],
    holds: { a: ["203.0.113.9"] },
    reasons: FOREIGN,
    metallb: "replaces it",
  },
  {
    id: "E-084",
    says: "the Service gets an address once another controller's is gone",
    steps: [LAN, atOnce(aService("a"), written("a", "203.0.113.9")), written("a")],
    holds: { a: ["192.0.2.0"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "E-085",
    says: "so is a host name, and an address beside it",
    steps: [LAN, atOnce(aService("a"), written("a", "lb.example", "203.0.113.9"))],
    holds: { a: ["203.0.113.9"] },
    reasons: FOREIGN,
    messages: { a: "lb.example" },
    metallb: "replaces both",
  },
  {
    id: "E-104",
    says: "a host name beside an address of a pool is another controller's, and the address is given to nobody",
    steps: [LAN, atOnce(aService("a", {}, REQUIRE), written("a", "lb.example", "2001:db8::")), aService("b", {}, V6)],
    holds: { a: ["2001:db8::"], b: ["2001:db8::1"] },
    reasons: { a: "ForeignStatus", b: "Allocated" },
    metallb: "gives two others",
  },
  {
    id: "E-110",
    says: "of three addresses of one family the first is kept",
    steps: [LAN, atOnce(aService("a"), written("a", "192.0.2.5", "192.0.2.4", "192.0.2.3"))],
    holds: { a: ["192.0.2.5"] },
    reasons: { a: "Allocated" },
    counts: { lan: { assignedIPv4: 1 } },
    metallb: "gives another",
  },
  {
    id: "E-112",
    says: "without a pool a Service that has nothing is told so",
    steps: [aService("a")],
    holds: { a: [] },
    reasons: { a: "NoPool" },
    metallb: "leaves it alone",
  },
  {
    id: "E-112",
    says: "without a pool an address in a status is left alone",
    steps: [atOnce(aService("a"), written("a", "192.0.2.1"))],
    holds: { a: ["192.0.2.1"] },
    reasons: FOREIGN,
    metallb: "takes it away",
  },
]);
