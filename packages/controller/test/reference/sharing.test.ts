import { aPool, aService, noService, REQUIRE, referenceTable } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/29", "2001:db8::/125"]);
const port = (number: number, protocol = "TCP") => ({ ports: [{ name: "p", protocol, port: number }] });
const key = (allowSharedIP: string, loadBalancerIPs?: string) => ({
  allowSharedIP,
  ...(loadBalancerIPs !== undefined && { loadBalancerIPs }),
});
const LOCAL = (app: string) => ({ externalTrafficPolicy: "Local", selector: { app } });
const A = aService("a", key("k"), port(80));
const IP = "192.0.2.0";

referenceTable("reference 2.5: Services that share an address", [
  {
    id: "A-03, A-50, E-014",
    says: "share it with one key, backend and no common port, and say whom to",
    steps: [LAN, A, aService("b", key("k", IP), port(443))],
    holds: { a: [IP], b: [IP] },
    reasons: { b: "Allocated" },
    counts: { lan: { assignedIPv4: 1 } },
  },
  {
    id: "A-50",
    says: "do not without a key",
    steps: [LAN, aService("a", {}, port(80)), aService("b", { loadBalancerIPs: IP }, port(443))],
    holds: { a: [IP], b: [] },
    reasons: { b: "AddressTaken" },
    messages: { b: "default/a" },
  },
  {
    id: "A-50, A-55",
    says: "do not when the holder has none",
    steps: [LAN, aService("a", key(""), port(80)), aService("b", key("k", IP), port(443))],
    holds: { a: [IP], b: [] },
    reasons: { b: "SharingRefused" },
    messages: { b: "default/a (OtherHasNoKey)" },
  },
  {
    id: "E-012",
    says: "do not with different keys",
    steps: [LAN, A, aService("b", key("other", IP), port(443))],
    holds: { a: [IP], b: [] },
    messages: { b: "default/a (KeysDiffer)" },
  },
  {
    id: "A-52",
    says: "do not with a port in common, and name it",
    steps: [LAN, A, aService("b", key("k", IP), port(80))],
    holds: { a: [IP], b: [] },
    messages: { b: "default/a (PortTaken): both have port TCP 80" },
  },
  {
    id: "A-52, E-015",
    says: "may have one port of two protocols",
    steps: [
      LAN,
      aService("a", key("k"), port(53)),
      aService("b", key("k", IP), port(53, "UDP")),
      aService("c", key("k", IP), port(53, "SCTP")),
    ],
    holds: { a: [IP], b: [IP], c: [IP] },
  },
  {
    id: "A-08, A-09, A-51",
    says: "share with policy Local when their selectors are equal",
    steps: [
      LAN,
      aService("a", key("k"), { ...port(80), ...LOCAL("x") }),
      aService("b", key("k", IP), { ...port(443), ...LOCAL("x") }),
    ],
    holds: { a: [IP], b: [IP] },
  },
  {
    id: "A-08, A-09, A-51",
    says: "do not with policy Local and other selectors, or with one of policy Cluster",
    steps: [
      LAN,
      aService("a", key("k"), { ...port(80), ...LOCAL("x") }),
      aService("b", key("k", IP), { ...port(443), ...LOCAL("y") }),
      aService("c", key("k", IP), port(444)),
    ],
    holds: { a: [IP], b: [], c: [] },
    messages: { b: "(BackendsDiffer)", c: "(BackendsDiffer)" },
  },
  {
    id: "A-53, E-010",
    says: "may change their key while alone",
    steps: [LAN, A, aService("a", key("other"), port(80)), aService("b", key("other", IP), port(443))],
    holds: { a: [IP], b: [IP] },
  },
  {
    id: "A-53, E-017",
    says: "keep the address when the later one changes so that it may not, which is told",
    steps: [
      LAN,
      A,
      aService("b", key("k", IP), port(443)),
      aService("b", key("k", IP), { ...port(443), ...LOCAL("x") }),
    ],
    holds: { a: [IP], b: [IP] },
    reasons: { a: "Allocated", b: "SharingRefused" },
    metallb: "takes the address away from the one that changed",
  },
  {
    id: "A-53",
    says: "part when the one that may not says so",
    steps: [
      LAN,
      A,
      aService("b", key("k"), port(443)),
      aService("b", { allowSharedIP: "k", reallocate: "true" }, port(80)),
    ],
    holds: { a: [IP], b: ["192.0.2.1"] },
    reasons: { b: "Allocated" },
  },
  {
    id: "A-36, A-54",
    says: "get the same address unasked",
    steps: [
      LAN,
      aService("x", {}, port(1)),
      aService("a", key("k"), port(80)),
      noService("x"),
      aService("b", key("k"), port(443)),
    ],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.1"] },
    metallb: "takes the lowest address that is free or shareable",
  },
  {
    id: "A-54",
    says: "get another where they cannot share",
    steps: [LAN, A, aService("b", key("k"), port(80)), aService("c", key("k"), port(80))],
    holds: { a: [IP], b: ["192.0.2.1"], c: ["192.0.2.2"] },
  },
  {
    id: "A-57",
    says: "share both families",
    steps: [
      LAN,
      aService("a", key("k"), { ...port(80), ...REQUIRE }),
      aService("b", key("k"), { ...port(443), ...REQUIRE }),
    ],
    holds: { a: [IP, "2001:db8::"], b: [IP, "2001:db8::"] },
  },
  {
    id: "A-58",
    says: "join when the holder comes to allow it",
    steps: [
      LAN,
      aService("a", {}, port(80)),
      aService("b", key("k", IP), port(443)),
      aService("a", key("k"), port(80)),
    ],
    holds: { a: [IP], b: [IP] },
    reasons: { b: "Allocated" },
  },
  {
    id: "P-18, E-057",
    says: "count as one address until the last is gone",
    steps: [
      LAN,
      A,
      aService("b", key("k"), port(443)),
      aService("c", key("k"), port(444)),
      noService("a"),
      noService("b"),
    ],
    holds: { c: [IP] },
    counts: { lan: { assignedIPv4: 1, availableIPv4: 7 } },
  },
  {
    id: "E-057",
    says: "leave nothing behind",
    steps: [LAN, A, aService("b", key("k"), port(443)), noService("a"), noService("b")],
    holds: {},
    counts: { lan: { assignedIPv4: 0, availableIPv4: 8 } },
  },
]);
