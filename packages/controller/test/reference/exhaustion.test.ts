import { expect } from "chai";
import { aPool, aService, noService, REQUIRE, type Row, referenceTable, V6 } from "./table.ts";

const ONE = aPool("lan", ["192.0.2.0/32"]);

/** What the rows are repeated for: the spec of the Services, and the addresses that the nth address of each family is. */
const KINDS = [
  { ids: "", kind: "IPv4", spec: {}, nth: (n: number) => [`192.0.2.${n}`] },
  { ids: ", E-034", kind: "IPv6", spec: V6, nth: (n: number) => [`2001:db8::${n === 0 ? "" : n}`] },
  {
    ids: ", E-034",
    kind: "both families",
    spec: REQUIRE,
    nth: (n: number) => [`192.0.2.${n}`, `2001:db8::${n === 0 ? "" : n}`],
  },
];

const repeated = KINDS.flatMap(({ ids, kind, spec, nth }): Row[] => {
  const services = (...names: string[]) => names.map((name) => aService(name, {}, spec));
  const four = { a: nth(0), b: nth(1), c: nth(2), d: nth(3) };
  const { b: _, ...three } = four;
  const lan = aPool("lan", ["192.0.2.0/30", "2001:db8::/126"]);
  const two = [aPool("1", ["192.0.2.0/31", "2001:db8::/127"]), aPool("2", ["192.0.2.2/31", "2001:db8::2/127"])];
  return [
    {
      id: `E-030${ids}`,
      says: `a pool of four serves four, ${kind}`,
      steps: [lan, ...services("a", "b", "c", "d", "e")],
      holds: { ...four, e: [] },
      reasons: { e: "PoolFull" },
    },
    {
      id: `E-032${ids}`,
      says: `what one gives up the next gets, and the one after waits, ${kind}`,
      steps: [lan, ...services("a", "b", "c", "d"), noService("b"), ...services("e", "f")],
      holds: { ...three, e: nth(1), f: [] },
      reasons: { f: "PoolFull" },
    },
    {
      id: `E-040${ids}`,
      says: `two pools of two serve four, and the fifth when one goes, ${kind}`,
      steps: [...two, ...services("a", "b", "c", "d", "e"), noService("b")],
      holds: { ...three, e: nth(1) },
    },
  ];
});

/** Another pool comes: the Service that has an address stays as it is, to the version of the object. */
function untouched(): Row {
  let before: string | undefined;
  return {
    id: "E-117",
    says: "another pool changes nothing for who has an address, and nothing is written to it",
    steps: [
      ONE,
      aService("a"),
      (world) => {
        before = world.get("a").metadata.resourceVersion;
      },
      aPool("b", ["198.51.100.0/31"], { serviceAllocation: { priority: 1 } }),
    ],
    holds: { a: ["192.0.2.0"] },
    also: (world) => expect(world.get("a").metadata.resourceVersion).to.equal(before),
  };
}

referenceTable("reference 2.4, 2.8: when addresses run out", [
  ...repeated,
  {
    id: "E-115",
    says: "the second Service of a pool of one waits, and is told so",
    steps: [ONE, aService("a"), aService("b")],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "PoolFull" },
    messages: { b: "lan: full" },
  },
  {
    id: "A-31",
    says: "who asks for a pool that is full gets nothing from another",
    steps: [ONE, aPool("other", ["198.51.100.0/31"]), aService("a"), aService("b", { addressPool: "lan" })],
    holds: { a: ["192.0.2.0"], b: [] },
    reasons: { b: "PoolFull" },
  },
  {
    id: "A-34",
    says: "the lowest address that was freed is the next to go",
    steps: [
      aPool("lan", ["192.0.2.0/29"]),
      ...["a", "b", "c"].map((name) => aService(name)),
      noService("b"),
      noService("a"),
      aService("d"),
    ],
    holds: { c: ["192.0.2.2"], d: ["192.0.2.0"] },
  },
  {
    id: "A-94",
    says: "who waits is served when another gives its address up",
    steps: [ONE, aService("a"), aService("b"), noService("a")],
    holds: { b: ["192.0.2.0"] },
  },
  {
    id: "A-94",
    says: "who waits is served when a pool grows",
    steps: [ONE, aService("a"), aService("b"), aPool("lan", ["192.0.2.0/31"])],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
  },
  {
    id: "A-94",
    says: "who waits is served when a pool comes",
    steps: [aService("a"), ONE],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "A-94",
    says: "who waits is served when it asks for less",
    steps: [
      ONE,
      aPool("asked", ["198.51.100.0/31"], { autoAssign: false }),
      aService("a"),
      aService("b"),
      aService("b", { addressPool: "asked" }),
    ],
    holds: { a: ["192.0.2.0"], b: ["198.51.100.0"] },
  },
  {
    id: "A-94",
    says: "nothing is written about who waits while nothing changes that matters to it",
    steps: [ONE, aService("a"), aService("b"), aService("c", {}, { type: "ClusterIP" })],
    holds: { a: ["192.0.2.0"], b: [], c: [] },
    silent: true,
  },
  {
    id: "A-97",
    says: "who becomes of another type gives its address to who waits",
    steps: [ONE, aService("a"), aService("b"), aService("a", {}, { type: "ClusterIP" })],
    holds: { a: [], b: ["192.0.2.0"] },
    reasons: { a: "NotServed" },
  },
  {
    id: "A-97",
    says: "who becomes a LoadBalancer again gets in line",
    steps: [ONE, aService("a"), aService("a", {}, { type: "NodePort" }), aService("b"), aService("a")],
    holds: { a: [], b: ["192.0.2.0"] },
    reasons: { a: "PoolFull" },
  },
  untouched(),
]);
