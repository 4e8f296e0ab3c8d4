import { aPool, aService, noService, referenceTable, V6 } from "./table.ts";

const BUGGY = { avoidBuggyIPs: true };
const services = (...names: string[]) => names.map((name) => aService(name));

referenceTable("reference 1.1: IPAddressPool", [
  {
    id: "P-02, A-35",
    says: "a block is masked, and its first and last address are given out",
    steps: [aPool("lan", ["192.0.2.1/31"]), ...services("a", "b")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
  },
  {
    id: "P-03, A-34",
    says: "a range is given out from its start, the lowest range first",
    steps: [aPool("lan", ["192.0.2.7 - 192.0.2.8", "192.0.2.1/32"]), ...services("a", "b")],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.7"] },
    metallb: "in the order in which the ranges are written",
  },
  {
    id: "P-04, P-05",
    says: "a bare address and a range of two families are refused, and name their fields",
    steps: [aPool("bare", ["192.0.2.1"]), aPool("mixed", ["192.0.2.1-2001:db8::1"]), ...services("a")],
    holds: { a: [] },
    reasons: { a: "NoPool" },
  },
  {
    id: "P-07, C-07",
    says: "a pool that overlaps an older one is refused alone",
    steps: [
      aPool("lan", ["192.0.2.0/31"]),
      aPool("late", ["192.0.2.1/32", "192.0.2.9/32"]),
      ...services("a", "b", "c"),
    ],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"], c: [] },
    reasons: { c: "PoolFull" },
    metallb: "the whole configuration is refused",
  },
  {
    id: "P-09",
    says: "avoidBuggyIPs skips .0 and .255 of IPv4, and nothing of IPv6",
    steps: [
      aPool("lan", ["192.0.2.254-192.0.3.1", "2001:db8::/127"], BUGGY),
      ...services("a", "b", "c"),
      aService("d", {}, V6),
    ],
    holds: { a: ["192.0.2.254"], b: ["192.0.3.1"], c: [], d: ["2001:db8::"] },
    reasons: { c: "PoolFull" },
  },
  {
    id: "E-007",
    says: "a request for .0 of such a pool is refused",
    steps: [aPool("lan", ["192.0.2.0/24"], BUGGY), aService("a", { loadBalancerIPs: "192.0.2.0" })],
    holds: { a: [] },
    reasons: { a: "AddressNotInPool" },
  },
  {
    id: "E-009",
    says: "a request for .254 of such a pool is met",
    steps: [aPool("lan", ["192.0.2.0/24"], BUGGY), aService("a", { loadBalancerIPs: "192.0.2.254" })],
    holds: { a: ["192.0.2.254"] },
  },
  {
    id: "E-042",
    says: "of four small pools around .0 and .255, two of which avoid them, six Services are served",
    steps: [
      aPool("1", ["192.0.3.0/31"]),
      aPool("2", ["192.0.3.254/31"]),
      aPool("3", ["192.0.4.0/31"], BUGGY),
      aPool("4", ["192.0.4.254/31"], BUGGY),
      ...services("a", "b", "c", "d", "e", "f", "g"),
    ],
    holds: {
      a: ["192.0.3.0"],
      b: ["192.0.3.1"],
      c: ["192.0.3.254"],
      d: ["192.0.3.255"],
      e: ["192.0.4.1"],
      f: ["192.0.4.254"],
      g: [],
    },
  },
  {
    id: "E-052",
    says: "a /24 has 256 addresses",
    steps: [aPool("lan", ["192.0.2.0/24"])],
    holds: {},
    counts: { lan: { totalIPv4: 256, usableIPv4: 256, availableIPv4: 256, totalIPv6: 0 } },
  },
  {
    id: "E-054",
    says: "a /24 and half of one have 381 with avoidBuggyIPs",
    steps: [aPool("lan", ["192.0.2.0/24", "192.0.3.128/25"], BUGGY)],
    holds: {},
    counts: { lan: { totalIPv4: 384, usableIPv4: 381, availableIPv4: 381 } },
  },
  {
    id: "E-055, P-18",
    says: "the counts of a /64 are the largest safe integer, beside exact ones of IPv4",
    steps: [aPool("lan", ["192.0.2.0/24", "192.0.3.128/25", "2001:db8::/64"], BUGGY), aService("a")],
    holds: { a: ["192.0.2.1"] },
    counts: { lan: { usableIPv4: 381, assignedIPv4: 1, availableIPv4: 380, usableIPv6: Number.MAX_SAFE_INTEGER } },
    metallb: "the largest 64-bit integer, which JSON readers round",
  },
  {
    id: "E-022, E-024, E-027",
    says: "a pool for a namespace and a label is for the Services of both alone",
    steps: [
      aPool("lan", ["192.0.2.0/30"], {
        serviceAllocation: { namespaces: ["default"], serviceSelectors: [{ matchLabels: { team: "web" } }] },
      }),
      aService("a", {}, {}, { team: "web" }),
      aService("b", { loadBalancerIPs: "192.0.2.2" }, {}, { team: "db" }),
    ],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "AddressNotInPool" },
  },
  {
    id: "E-109",
    says: "of pools for a Service the one of the lowest priority number is taken",
    steps: [
      aPool("all", ["192.0.2.0/32"]),
      aPool("ten", ["192.0.2.10/32"], { serviceAllocation: { priority: 10, namespaces: ["default"] } }),
      aPool("five", ["192.0.2.5/32"], {
        serviceAllocation: {
          priority: 5,
          namespaces: ["default"],
          serviceSelectors: [{ matchLabels: { team: "web" } }],
        },
      }),
      aService("a", {}, {}, { team: "web" }),
    ],
    holds: { a: ["192.0.2.5"] },
  },
  {
    id: "E-030, E-032, E-040",
    says: "who waits gets what is freed, the oldest first",
    steps: [
      aPool("1", ["192.0.2.0/31"]),
      aPool("2", ["192.0.2.2/31"]),
      ...services("a", "b", "c", "d", "f", "e"),
      noService("b"),
    ],
    holds: { a: ["192.0.2.0"], c: ["192.0.2.2"], d: ["192.0.2.3"], f: ["192.0.2.1"], e: [] },
    metallb: "any of those that wait",
  },
]);
