import { expect } from "chai";
import type { World } from "../world.ts";
import { aPool, aService, PREFER, REQUIRE, referenceTable, V6 } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/29", "2001:db8::/125"]);
const annotated = (annotations: Readonly<Record<string, string>>) => (world: World) =>
  void world.service("a", {}, { annotations });

referenceTable("reference 2.1: annotations and fields of a Service", [
  {
    id: "A-01, E-074",
    says: "the annotation asks for an address",
    steps: [LAN, aService("a", { loadBalancerIPs: "192.0.2.5" })],
    holds: { a: ["192.0.2.5"] },
  },
  {
    id: "A-01",
    says: "the annotation asks for one of each family, with blanks and in any order",
    steps: [LAN, aService("a", { loadBalancerIPs: " 2001:DB8::5 , 192.0.2.5 " }, REQUIRE)],
    holds: { a: ["192.0.2.5", "2001:db8::5"] },
  },
  {
    id: "A-02",
    says: "the annotation asks for a pool that gives nothing unasked",
    steps: [LAN, aPool("asked", ["198.51.100.0/31"], { autoAssign: false }), aService("a", { addressPool: "asked" })],
    holds: { a: ["198.51.100.0"] },
  },
  {
    id: "A-02",
    says: "a pool that is for others cannot be asked for",
    steps: [
      LAN,
      aPool("shop", ["198.51.100.0/31"], { serviceAllocation: { namespaces: ["shop"] } }),
      aService("a", { addressPool: "shop" }),
    ],
    holds: { a: [] },
    reasons: { a: "NotAllowedForService" },
  },
  {
    id: "A-04",
    says: "the condition says which pool an address is from, and the annotations stay as they are",
    steps: [LAN, aService("a", { loadBalancerIPs: "192.0.2.5" })],
    holds: { a: ["192.0.2.5"] },
    messages: { a: "192.0.2.5 from IPAddressPool lan" },
    also: (world) =>
      expect(world.get("a").metadata.annotations).to.deep.equal({ "fairlead.dev/loadBalancerIPs": "192.0.2.5" }),
    metallb: "writes an annotation",
  },
  ...["metallb.io/", "metallb.universe.tf/"].map((prefix) => ({
    id: "A-05",
    says: `annotations that begin with ${prefix} ask for nothing without --compat`,
    steps: [LAN, annotated({ [`${prefix}loadBalancerIPs`]: "192.0.2.5", [`${prefix}address-pool`]: "absent" })],
    holds: { a: ["192.0.2.0"] },
    metallb: "its own",
  })),
  ...["metallb.io/", "metallb.universe.tf/"].flatMap((prefix) => [
    {
      id: "A-05, A-01",
      says: `${prefix}loadBalancerIPs asks for an address with --compat=metallb`,
      compat: "metallb" as const,
      steps: [LAN, annotated({ [`${prefix}loadBalancerIPs`]: "192.0.2.5" })],
      holds: { a: ["192.0.2.5"] },
    },
    {
      id: "A-05, A-02",
      says: `${prefix}address-pool asks for a pool with --compat=metallb`,
      compat: "metallb" as const,
      steps: [LAN, aPool("wan", ["198.51.100.0/31"]), annotated({ [`${prefix}address-pool`]: "wan" })],
      holds: { a: ["198.51.100.0"] },
    },
    {
      id: "A-05, A-03",
      says: `${prefix}allow-shared-ip shares with --compat=metallb, with Fairlead's key too`,
      compat: "metallb" as const,
      steps: [
        LAN,
        annotated({ [`${prefix}allow-shared-ip`]: "k" }),
        aService("b", { allowSharedIP: "k" }, { ports: [{ name: "p", protocol: "TCP", port: 81 }] }),
      ],
      holds: { a: ["192.0.2.0"], b: ["192.0.2.0"] },
    },
  ]),
  {
    id: "A-05",
    says: "of two of MetalLB's prefixes metallb.io counts, even if empty",
    compat: "metallb",
    steps: [LAN, annotated({ "metallb.io/loadBalancerIPs": "", "metallb.universe.tf/loadBalancerIPs": "192.0.2.5" })],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
    messages: { a: "annotation metallb.io/loadBalancerIPs" },
    metallb: "an empty one asks for nothing",
  },
  {
    id: "A-05",
    says: "Fairlead's own annotation counts before MetalLB's",
    compat: "metallb",
    steps: [LAN, annotated({ "fairlead.dev/loadBalancerIPs": "192.0.2.4", "metallb.io/loadBalancerIPs": "192.0.2.5" })],
    holds: { a: ["192.0.2.4"] },
  },
  {
    id: "A-06",
    says: "spec.loadBalancerIP asks for an address",
    steps: [LAN, aService("a", {}, { loadBalancerIP: "192.0.2.5" }), aService("b", {}, { loadBalancerIP: "" })],
    holds: { a: ["192.0.2.5"], b: ["192.0.2.0"] },
  },
  {
    id: "A-06",
    says: "spec.loadBalancerIP is too little for who needs two",
    steps: [LAN, aService("a", {}, { ...REQUIRE, loadBalancerIP: "192.0.2.5" })],
    holds: { a: [] },
    reasons: { a: "InvalidRequest" },
  },
  {
    id: "A-06, E-102",
    says: "spec.loadBalancerIP is enough for who prefers two",
    steps: [LAN, aService("a", {}, { ...PREFER, loadBalancerIP: "192.0.2.5" })],
    holds: { a: ["192.0.2.5"] },
    metallb: "refuses it",
  },
  {
    id: "A-10",
    says: "the cluster addresses count, not ipFamilies",
    steps: [LAN, aService("a", {}, { ...V6, ipFamilies: ["IPv4"] })],
    holds: { a: ["2001:db8::"] },
  },
  {
    id: "A-10",
    says: "clusterIP counts where there is no list of them",
    steps: [LAN, aService("a", {}, { clusterIPs: undefined, clusterIP: "fd00::1" })],
    holds: { a: ["2001:db8::"] },
  },
  {
    id: "A-11",
    says: "an address is written with its ipMode",
    steps: [LAN, aService("a")],
    holds: { a: ["192.0.2.0"] },
    also: (world) =>
      expect(world.get("a").status).to.have.deep.nested.property("loadBalancer.ingress", [
        { ip: "192.0.2.0", ipMode: "VIP" },
      ]),
    metallb: "without",
  },
  {
    id: "A-12",
    says: "fields about node ports, topology and health checks change nothing, and finalizers stay as they are",
    steps: [
      LAN,
      (world) =>
        void world.service(
          "a",
          {
            allocateLoadBalancerNodePorts: false,
            healthCheckNodePort: 31000,
            internalTrafficPolicy: "Local",
            trafficDistribution: "PreferClose",
          },
          { finalizers: ["example.com/other"] },
        ),
    ],
    holds: { a: ["192.0.2.0"] },
    also: (world) => expect(world.get("a").metadata).to.have.deep.property("finalizers", ["example.com/other"]),
  },
  {
    id: "E-089",
    says: "a Service that has no cluster address yet is of the families that it names",
    steps: [LAN, aService("a", {}, { clusterIPs: undefined, ipFamilies: ["IPv6"] })],
    holds: { a: ["2001:db8::"] },
    metallb: "gives it nothing",
  },
  {
    id: "E-089",
    says: "a headless Service gets nothing, and nothing is written about it",
    steps: [LAN, aService("a", {}, { clusterIP: "None", clusterIPs: ["None"] })],
    holds: { a: [] },
    silent: true,
  },
]);
