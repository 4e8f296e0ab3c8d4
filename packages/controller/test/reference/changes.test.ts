import { aPool, aService, noPool, referenceTable, type Step } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/30"]);
const OTHER = aPool("other", ["198.51.100.0/30"]);
const FOR_WEB = { serviceAllocation: { serviceSelectors: [{ matchLabels: { team: "web" } }] } };
const KEPT = { a: ["192.0.2.0"] };
const MOVED = { a: ["198.51.100.0"] };
const DRAINING = { a: "Draining" };
const ADVERTISED: Step = ({ cluster }) =>
  void cluster.apply({
    apiVersion: "fairlead.dev/v1beta1",
    kind: "L2Advertisement",
    metadata: { name: "adv" },
    spec: { ipAddressPools: ["lan"] },
  });
const REALLOCATE = { reallocate: "true" };

referenceTable("reference 2.7: an address stays when the configuration changes", [
  {
    id: "A-70",
    says: "when its pool is deleted and another has room",
    steps: [LAN, aService("a"), noPool("lan"), OTHER],
    holds: KEPT,
    reasons: DRAINING,
    messages: { a: "fairlead.dev/reallocate" },
    metallb: "moves the Service",
  },
  {
    id: "A-70",
    says: "and moves when the Service says so",
    steps: [LAN, OTHER, aService("a"), noPool("lan"), aService("a", REALLOCATE)],
    holds: MOVED,
    reasons: { a: "Allocated" },
  },
  {
    id: "A-71",
    says: "when the last pool is deleted",
    steps: [LAN, aService("a"), noPool("lan")],
    holds: KEPT,
    reasons: DRAINING,
    metallb: "takes it away",
  },
  {
    id: "A-71",
    says: "even from a Service that would move, until there is another address",
    steps: [LAN, aService("a", REALLOCATE), noPool("lan")],
    holds: KEPT,
    reasons: { a: "NoPool" },
  },
  {
    id: "A-72, E-047",
    says: "when its pool is shrunk",
    steps: [LAN, OTHER, aService("a"), aPool("lan", ["192.0.2.2/31"])],
    holds: KEPT,
    reasons: DRAINING,
    metallb: "moves the Service",
  },
  {
    id: "A-72",
    says: "and drains no more when its pool has it again",
    steps: [LAN, aService("a"), aPool("lan", ["192.0.2.2/31"]), LAN],
    holds: KEPT,
    reasons: { a: "Allocated" },
  },
  {
    id: "A-73, E-049",
    says: "without draining, when pools are renamed or split",
    steps: [LAN, aService("a"), noPool("lan"), aPool("b", ["192.0.2.0/31"]), aPool("c", ["192.0.2.2/31"])],
    holds: KEPT,
    reasons: { a: "Allocated" },
  },
  {
    id: "E-044, E-045",
    says: "when its pool is expanded, or shrunk around it",
    steps: [LAN, aService("a"), aPool("lan", ["192.0.2.0/29"]), aPool("lan", ["192.0.2.0/31"])],
    holds: KEPT,
    reasons: { a: "Allocated" },
  },
  {
    id: "A-74, E-050",
    says: "when avoidBuggyIPs is switched on",
    steps: [LAN, aService("a"), aPool("lan", ["192.0.2.0/30"], { avoidBuggyIPs: true })],
    holds: KEPT,
    reasons: DRAINING,
    metallb: "moves the Service",
  },
  {
    id: "A-74",
    says: "and moves within its pool when the Service says so",
    steps: [LAN, aService("a", REALLOCATE), aPool("lan", ["192.0.2.0/30"], { avoidBuggyIPs: true })],
    holds: { a: ["192.0.2.1"] },
    reasons: { a: "Allocated" },
  },
  {
    id: "A-75",
    says: "without draining, when autoAssign becomes false",
    steps: [LAN, OTHER, aService("a"), aPool("lan", ["192.0.2.0/30"], { autoAssign: false })],
    holds: KEPT,
    reasons: { a: "Allocated" },
  },
  {
    id: "A-76",
    says: "when serviceAllocation no longer is for the Service",
    steps: [LAN, OTHER, aService("a"), aPool("lan", ["192.0.2.0/30"], FOR_WEB)],
    holds: KEPT,
    reasons: DRAINING,
    metallb: "moves the Service",
  },
  {
    id: "A-77",
    says: "when the Service is relabelled out of its pool",
    steps: [aPool("lan", ["192.0.2.0/30"], FOR_WEB), aService("a", {}, {}, { team: "web" }), OTHER, aService("a")],
    holds: KEPT,
    reasons: DRAINING,
    metallb: "moves the Service",
  },
  {
    id: "A-77",
    says: "and moves when the Service says so",
    steps: [
      aPool("lan", ["192.0.2.0/30"], FOR_WEB),
      aService("a", {}, {}, { team: "web" }),
      OTHER,
      aService("a", REALLOCATE),
    ],
    holds: MOVED,
  },
  {
    id: "A-78",
    says: "when priorities change",
    steps: [LAN, aService("a"), aPool("other", ["198.51.100.0/30"], { serviceAllocation: { priority: 1 } })],
    holds: KEPT,
    reasons: { a: "Allocated" },
  },
  {
    id: "A-79",
    says: "when its pool becomes unreadable",
    steps: [LAN, OTHER, aService("a"), aPool("lan", ["nonsense"])],
    holds: KEPT,
    reasons: DRAINING,
  },
  {
    id: "A-80",
    says: "and drains no more when its pool is corrected, which serves those that waited, too",
    steps: [LAN, aService("a"), aPool("lan", ["nonsense"]), aService("b"), LAN],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
    reasons: { a: "Allocated", b: "Allocated" },
    pools: { lan: "Accepted" },
  },
  {
    id: "A-81",
    says: "when an advertisement goes, without a write",
    steps: [LAN, aService("a"), ADVERTISED, ({ cluster }) => cluster.delete({ kind: "L2Advertisement", name: "adv" })],
    holds: KEPT,
    silent: true,
  },
]);
