import { aNamespace } from "./steps.ts";
import { aPool, aService, referenceTable, type Step } from "./table.ts";

const ALL = aPool("all", ["192.0.2.0/30"]);
const WEB = { matchLabels: { team: "web" } };
const DB = { matchLabels: { team: "db" } };
const own = (serviceAllocation: object, name = "own", block = "198.51.100.0/31"): Step =>
  aPool(name, [block], { serviceAllocation });
const labelled = (labels: Readonly<Record<string, string>>) => aService("a", {}, {}, labels);
const FROM_ALL = { a: ["192.0.2.0"] };
const FROM_OWN = { a: ["198.51.100.0"] };

referenceTable("reference 1.1: which pool a Service gets its address from", [
  {
    id: "P-08",
    says: "one without autoAssign is for those who ask, others for all",
    steps: [aPool("asked", ["198.51.100.0/31"], { autoAssign: false }), aService("a"), ALL, aService("b")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
  },
  {
    id: "P-08",
    says: "one without autoAssign alone leaves who does not ask waiting",
    steps: [aPool("asked", ["198.51.100.0/31"], { autoAssign: false }), aService("a")],
    holds: { a: [] },
    reasons: { a: "NotAllowedForService" },
  },
  {
    id: "P-10, A-32",
    says: "one made for the Service is tried before one for all",
    steps: [ALL, own({ namespaces: ["default"] }), aService("a")],
    holds: FROM_OWN,
  },
  {
    id: "P-10, A-32",
    says: "one for all is tried after one made for the Service",
    steps: [ALL, own({ namespaces: ["default"] }, "own", "198.51.100.0/32"), aService("a"), aService("b")],
    holds: { ...FROM_OWN, b: ["192.0.2.0"] },
  },
  {
    id: "P-10",
    says: "one made for others is never a way out",
    steps: [aPool("all", ["192.0.2.0/32"]), own({ namespaces: ["shop"] }), aService("a"), aService("b")],
    holds: { ...FROM_ALL, b: [] },
    reasons: { b: "PoolFull" },
    messages: { b: "own: not for this Service" },
  },
  {
    id: "P-11, A-32",
    says: "the lower priority number goes first, 0 last, then the name",
    steps: [
      own({ priority: 0 }, "0", "198.51.100.0/32"),
      own({ priority: 20 }, "20", "198.51.100.20/32"),
      own({ priority: 5 }, "5b", "198.51.100.6/32"),
      own({ priority: 5 }, "5a", "198.51.100.5/32"),
      ALL,
      ...["a", "b", "c", "d", "e"].map((name) => aService(name)),
    ],
    holds: {
      a: ["198.51.100.5"],
      b: ["198.51.100.6"],
      c: ["198.51.100.20"],
      d: ["198.51.100.0"],
      e: ["192.0.2.0"],
    },
    metallb: "any order among equals",
  },
  {
    id: "P-11",
    says: "a priority below 0 is refused with its pool",
    steps: [ALL, own({ priority: -1 }), aService("a")],
    holds: FROM_ALL,
    pools: { own: "InvalidObject" },
    metallb: "takes it",
  },
  {
    id: "P-12, E-107",
    says: "by the name of the namespace, with no priority",
    steps: [ALL, own({ namespaces: ["shop", "default"] }), aService("a")],
    holds: FROM_OWN,
  },
  {
    id: "P-12",
    says: "a namespace that is named twice is one",
    steps: [ALL, own({ namespaces: ["default", "default"] }), aService("a")],
    holds: FROM_OWN,
    metallb: "refuses the pool",
  },
  {
    id: "P-13",
    says: "by the labels of the namespace",
    steps: [aNamespace("default", { team: "web" }), ALL, own({ namespaceSelectors: [DB, WEB] }), aService("a")],
    holds: FROM_OWN,
  },
  {
    id: "P-13, A-94",
    says: "who waits is served as soon as its namespace is relabelled",
    steps: [
      aNamespace("default"),
      own({ namespaceSelectors: [WEB] }),
      aService("a"),
      aNamespace("default", { team: "web" }),
    ],
    holds: FROM_OWN,
  },
  {
    id: "P-13",
    says: "by the namespace's name or its labels",
    steps: [aNamespace("default"), own({ namespaces: ["default"], namespaceSelectors: [WEB] }), aService("a")],
    holds: FROM_OWN,
  },
  {
    id: "P-14",
    says: "by the labels of the Service, any of the selectors",
    steps: [ALL, own({ serviceSelectors: [DB, WEB] }), labelled({ team: "web" })],
    holds: FROM_OWN,
  },
  {
    id: "P-14",
    says: "not with other labels",
    steps: [ALL, own({ serviceSelectors: [DB, WEB] }), labelled({ team: "ops" })],
    holds: FROM_ALL,
  },
  ...(
    [
      ["P-15", "by namespace and labels, when both match", "default", "web", FROM_OWN],
      ["P-15, E-027", "not when the labels do not match", "default", "db", FROM_ALL],
      ["P-15", "not when the namespace does not match", "shop", "web", FROM_ALL],
    ] as const
  ).map(([id, says, namespace, team, holds]) => ({
    id,
    says,
    steps: [ALL, own({ namespaces: [namespace], serviceSelectors: [WEB] }), labelled({ team })],
    holds,
  })),
  {
    id: "P-16, E-132",
    says: "one with a priority alone is for every Service, before those without",
    steps: [ALL, own({ priority: 9 }), aService("a")],
    holds: FROM_OWN,
  },
  {
    id: "P-17",
    says: "one for namespaces that no label matches is for nobody, asked or not",
    steps: [own({ namespaceSelectors: [WEB] }), aService("a"), aService("b", { loadBalancerIPs: "198.51.100.1" })],
    holds: { a: [], b: [] },
    reasons: { a: "NotAllowedForService", b: "AddressNotInPool" },
    metallb: "gives it to those who ask",
  },
  {
    id: "A-33",
    says: "one that is full is passed over for the next",
    steps: [
      own({ priority: 1 }, "1", "198.51.100.0/32"),
      own({ priority: 2 }, "2", "198.51.100.2/32"),
      aService("a"),
      aService("b"),
    ],
    holds: { ...FROM_OWN, b: ["198.51.100.2"] },
  },
]);
