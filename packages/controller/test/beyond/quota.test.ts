import { aPool, aService, noService, REQUIRE, referenceTable, V6 } from "../reference/table.ts";
import { aClaim } from "./steps.ts";

const LAN = aPool("lan", ["192.0.2.0/29", "2001:db8::/125"], { namespaceQuota: 1 });

referenceTable("the quota of a namespace", [
  {
    id: "used up",
    says: "refuses one more, and says so",
    steps: [LAN, aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "QuotaExceeded" },
    messages: { b: "lan: quota of the namespace is used up" },
  },
  {
    id: "of each family",
    says: "counts families apart",
    steps: [LAN, aService("a"), aService("b", {}, V6), aService("c", {}, REQUIRE)],
    holds: { a: ["192.0.2.0"], b: ["2001:db8::"], c: [] },
  },
  {
    id: "another pool",
    says: "is of one pool, others serve on",
    steps: [LAN, aPool("more", ["198.51.100.0/31"]), aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: ["198.51.100.0"] },
  },
  {
    id: "room",
    says: "has room again when one is deleted",
    steps: [LAN, aService("a"), aService("b"), noService("a")],
    holds: { b: ["192.0.2.1"] },
  },
  {
    id: "lowered",
    says: "takes nothing away that is held",
    steps: [aPool("lan", ["192.0.2.0/29"]), aService("a"), aService("b"), LAN, aService("c")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"], c: [] },
  },
  {
    id: "asked for",
    says: "holds for an address that is asked for",
    steps: [LAN, aService("a"), aService("b", { loadBalancerIPs: "192.0.2.5" })],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "QuotaExceeded" },
  },
  {
    id: "claims",
    says: "counts what IPClaims reserve, once for claim and Service",
    steps: [LAN, aClaim("c", { serviceName: "a" }), aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "QuotaExceeded" },
  },
  {
    id: "shared",
    says: "counts a shared address once",
    steps: [
      LAN,
      aService("a", { allowSharedIP: "k" }),
      aService("b", { allowSharedIP: "k" }, { ports: [{ name: "p", protocol: "TCP", port: 81 }] }),
    ],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.0"] },
  },
]);
