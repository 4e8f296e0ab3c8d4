import { service } from "@fairlead/kube/testing";
import { CLEANUP_FINALIZER, FIELD_MANAGER, type Service } from "@fairlead/model";
import { parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { ANNOTATIONS } from "../../src/parse/annotations.ts";
import { ALLOCATED } from "../../src/parse/service.ts";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf, readRaw, withField } from "./builders.ts";

const META = { uid: "u1", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
const V4 = parseAddress("192.0.2.1");
const V6 = parseAddress("2001:db8::1");

/** Every field that Fairlead reads, filled. */
const FULL: RawObject = {
  ...service(
    "web",
    {
      clusterIP: "10.96.0.1",
      clusterIPs: ["10.96.0.1", "fd00::1"],
      ipFamilies: ["IPv4", "IPv6"],
      ipFamilyPolicy: "RequireDualStack",
      loadBalancerClass: "fairlead.dev/fairlead",
      loadBalancerSourceRanges: ["198.51.100.0/24", " 203.0.113.0/24 "],
      externalTrafficPolicy: "Local",
      sessionAffinity: "ClientIP",
      ports: [
        { name: "dns", protocol: "UDP", port: 53, nodePort: 30053 },
        { name: "dns-tcp", protocol: "TCP", port: 53, nodePort: 30053 },
        { name: "dia", protocol: "SCTP", port: 3868, targetPort: "diameter" },
      ],
    },
    { ...META, labels: { app: "web" }, annotations: { [ANNOTATIONS.addressPool]: "lan" } },
  ),
  status: {
    loadBalancer: {
      ingress: [{ ip: "192.0.2.1", ipMode: "VIP" }, { ip: "2001:DB8::0:1" }, { hostname: "lb.example" }],
    },
    conditions: [
      { type: "Other", status: "True", reason: "R", message: "", lastTransitionTime: META.creationTimestamp },
      {
        type: ALLOCATED,
        status: "True",
        reason: "Allocated",
        message: "m",
        lastTransitionTime: META.creationTimestamp,
      },
    ],
  },
};
const intent = (spec: Record<string, unknown>, annotations?: Record<string, string>): Service =>
  goodValue("Service", service("web", spec, { ...META, ...(annotations && { annotations }) }));

const field = (manager: string, part: "spec" | "status", time: string) => ({
  manager,
  operation: "Update",
  time: `2026-01-01T${time}:00Z`,
  fieldsType: "FieldsV1",
  fieldsV1:
    part === "status" ? { "f:status": { "f:loadBalancer": { "f:ingress": {} } } } : { "f:spec": { "f:type": {} } },
});

describe("a Service", () => {
  it("is read whole", () =>
    expect(goodValue("Service", FULL)).to.deep.equal({
      namespace: "default",
      name: "web",
      uid: "u1",
      labels: { app: "web" },
      created: META.creationTimestamp,
      wantsLoadBalancer: true,
      loadBalancerClass: "fairlead.dev/fairlead",
      families: [4, 6],
      familyPolicy: "RequireDualStack",
      request: { kind: "pools", pools: ["lan"] },
      addressesPerFamily: 1,
      statusWriter: undefined,
      ingress: ["192.0.2.1", "2001:db8::1"],
      otherIngress: ["lb.example"],
      externalTrafficPolicy: "Local",
      sessionAffinity: "ClientIP",
      sourceRanges: [parseRange("198.51.100.0/24"), parseRange("203.0.113.0/24")],
      ports: [
        { name: "dns", protocol: "UDP", port: 53, nodePort: 30053 },
        { name: "dns-tcp", protocol: "TCP", port: 53, nodePort: 30053 },
        { name: "dia", protocol: "SCTP", port: 3868 },
      ],
      allocated: { status: "True", reason: "Allocated", message: "m", since: META.creationTimestamp },
      sharingKey: "",
      backend: "",
      reallocate: false,
      unknownAnnotations: [],
    }));

  it("is a ClusterIP Service of IPv4 unless it says otherwise", () => {
    const value = goodValue("Service", { ...service("web"), spec: {} });
    expect(value).to.deep.include({
      wantsLoadBalancer: false,
      families: [4],
      familyPolicy: "SingleStack",
      request: { kind: "any" },
      externalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ports: [],
      allocated: undefined,
    });
  });

  it("is read whatever is wrong with its source ranges, once it is being deleted", () => {
    const meta = { ...META, deletionTimestamp: META.creationTimestamp };
    const value = goodValue("Service", service("web", { loadBalancerSourceRanges: ["nonsense"] }, meta));
    expect(value).to.deep.include({ wantsLoadBalancer: false, sourceRanges: [] });
  });

  const KEY = `v:${JSON.stringify(CLEANUP_FINALIZER)}`;
  const put = (manager: string, key = KEY) => ({
    manager,
    fieldsV1: { "f:metadata": { "f:finalizers": { [key]: {} } } },
  });
  for (const [what, finalizers, managedFields, finalizer] of [
    ["none", undefined, [], undefined],
    ["another one", ["example.com/other"], [put(FIELD_MANAGER, 'v:"example.com/other"')], undefined],
    ["one that Fairlead put", ["example.com/other", CLEANUP_FINALIZER], [put("kubectl"), put(FIELD_MANAGER)], "own"],
    ["one that a cloud's controller put", [CLEANUP_FINALIZER], [put("cloud-controller-manager")], "foreign"],
    ["one of nobody knows whom", [CLEANUP_FINALIZER], undefined, "foreign"],
    ["one beside another that Fairlead put", [CLEANUP_FINALIZER], [put(FIELD_MANAGER, 'v:"x"')], "foreign"],
    ["what is no list", "nonsense", "nonsense", undefined],
  ] as const) {
    it(`has the finalizer for its addresses: ${what}`, () => {
      const meta = { ...META, ...(finalizers !== undefined && { finalizers }), managedFields };
      expect(goodValue("Service", service("web", {}, meta)).finalizer).to.equal(finalizer);
    });
  }

  for (const [what, spec, metadata, wants] of [
    ["S-01: ClusterIP", { type: "ClusterIP" }, {}, false],
    ["S-01: NodePort", { type: "NodePort" }, {}, false],
    ["S-01: LoadBalancer", { type: "LoadBalancer" }, {}, true],
    ["S-01: ExternalName", { type: "ExternalName", externalName: "db.example" }, {}, false],
    ["S-05: LoadBalancer without a selector", { type: "LoadBalancer", selector: undefined }, {}, true],
    ["S-07: headless LoadBalancer", { type: "LoadBalancer", clusterIP: "None" }, {}, false],
    [
      "LoadBalancer that is being deleted",
      { type: "LoadBalancer" },
      { deletionTimestamp: META.creationTimestamp },
      false,
    ],
  ] as const) {
    it(`${what} ${wants ? "wants" : "does not want"} an external address`, () =>
      expect(goodValue("Service", service("web", spec, { ...META, ...metadata })).wantsLoadBalancer).to.equal(wants));
  }

  for (const [what, spec, families] of [
    ["A-10: its cluster addresses", { clusterIPs: ["fd00::1"], ipFamilies: ["IPv4"] }, [6]],
    ["A-10: its cluster address, without a list of them", { clusterIP: "fd00::1" }, [6]],
    ["its ipFamilies while it has no cluster address", { ipFamilies: ["IPv6", "IPv4"] }, [6, 4]],
    ["its ipFamilies while its cluster address is empty", { clusterIP: "", ipFamilies: ["IPv6"] }, [6]],
    ["both of two cluster addresses, primary first", { clusterIPs: ["fd00::1", "10.0.0.1"] }, [6, 4]],
  ] as const) {
    it(`is of the families of ${what}`, () => expect(intent(spec).families).to.deep.equal(families));
  }

  for (const [what, managedFields, writer] of [
    ["nobody, when nothing says so", undefined, undefined],
    [
      "the manager of status.loadBalancer",
      [field("fairlead", "status", "10:00"), field("kubectl", "spec", "11:00")],
      "fairlead",
    ],
    ["the later of two", [field("b", "status", "11:00"), field("a", "status", "10:00")], "b"],
    [
      "nobody, when the fields have another shape",
      [{ manager: "a", fieldsV1: { "f:status": 7 } }, { fieldsV1: 7 }],
      undefined,
    ],
    ["nobody, when there is no list", "x", undefined],
  ] as const) {
    it(`has a status written by ${what}`, () =>
      expect(goodValue("Service", service("web", {}, { ...META, managedFields })).statusWriter).to.equal(writer));
  }

  for (const [text, count] of [
    [undefined, 1],
    ["1", 1],
    ["8", 8],
  ] as const) {
    it(`asks for ${count} of each family by ${text}`, () => {
      const { addressesPerFamily, request } = intent({}, text === undefined ? {} : { [ANNOTATIONS.addresses]: text });
      expect([addressesPerFamily, request.kind]).to.deep.equal([count, "any"]);
    });
  }
  for (const text of ["0", "9", "-1", "1.5", " 2", "", "two"]) {
    it(`asks for nothing sensible by ${JSON.stringify(text)} addresses`, () =>
      expect(intent({}, { [ANNOTATIONS.addresses]: text }).request).to.deep.equal({
        kind: "malformed",
        source: "annotation fairlead.dev/addresses",
        must: "be a whole number from 1 to 8",
        value: text,
      }));
  }

  const { loadBalancerIPs: IPS, addressPool: POOL } = ANNOTATIONS;
  const wanted = (...addresses: (typeof V4)[]) => ({ kind: "addresses", addresses });
  const ONE = "be one IP address of each family of the Service, separated by a comma";
  const malformed = (source: string, value: string, must = ONE) => ({ kind: "malformed", source, must, value });
  for (const [what, spec, annotations, request] of [
    ["nothing in particular", {}, {}, { kind: "any" }],
    ["A-01: an address", {}, { [IPS]: "192.0.2.1" }, wanted(V4)],
    ["A-01: two addresses with blanks", {}, { [IPS]: " 2001:db8::1 , 192.0.2.1" }, wanted(V6, V4)],
    ["A-02: a pool", {}, { [POOL]: "lan" }, { kind: "pools", pools: ["lan"] }],
    ["several pools", {}, { [POOL]: "wan, lan" }, { kind: "pools", pools: ["wan", "lan"] }],
    [
      "two of a family, if it may",
      {},
      { [IPS]: "192.0.2.1,192.0.2.2", [ANNOTATIONS.addresses]: "2" },
      { kind: "addresses", addresses: [V4, parseAddress("192.0.2.2")] },
    ],
    [
      "one twice",
      {},
      { [IPS]: "192.0.2.1,192.0.2.1", [ANNOTATIONS.addresses]: "2" },
      malformed(
        `annotation ${IPS}`,
        "192.0.2.1,192.0.2.1",
        "be at most 2 different IP addresses of each family of the Service, separated by a comma",
      ),
    ],
    ["A-06: spec.loadBalancerIP", { loadBalancerIP: "192.0.2.1" }, {}, wanted(V4)],
    ["nothing by an empty spec.loadBalancerIP", { loadBalancerIP: "" }, {}, { kind: "any" }],
    ["E-077: what is no address", {}, { [IPS]: "192.0.2" }, malformed(`annotation ${IPS}`, "192.0.2")],
    [
      "E-079: two of a family",
      {},
      { [IPS]: "192.0.2.1,192.0.2.2" },
      malformed(`annotation ${IPS}`, "192.0.2.1,192.0.2.2"),
    ],
    ["a trailing comma", {}, { [IPS]: "192.0.2.1," }, malformed(`annotation ${IPS}`, "192.0.2.1,")],
    ["an address with a length", {}, { [IPS]: "192.0.2.1/32" }, malformed(`annotation ${IPS}`, "192.0.2.1/32")],
    ["a name in spec.loadBalancerIP", { loadBalancerIP: "lb" }, {}, malformed("spec.loadBalancerIP", "lb")],
  ] as const) {
    it(`asks for ${what}`, () => expect(intent(spec, annotations).request).to.deep.equal(request));
  }

  const WRONG: [string, unknown[]][] = [
    ["spec", [undefined, null, "x", []]],
    ["spec.type", ["Loadbalancer", 1, {}]],
    ["spec.clusterIP", [7, {}]],
    ["spec.clusterIPs", ["10.0.0.1", [1], {}]],
    ["spec.ipFamilies", ["IPv4", ["ipv4"], [4]]],
    ["spec.ipFamilyPolicy", ["Dual", 2]],
    ["spec.loadBalancerClass", [1, []]],
    ["spec.loadBalancerIP", [1, ["192.0.2.1"]]],
    [
      "spec.loadBalancerSourceRanges",
      ["198.51.100.0/24", [1], ["198.51.100.0"], ["198.51.100.0/33"], ["2001:db8::/129"]],
    ],
    ["spec.externalTrafficPolicy", ["local", true]],
    ["spec.sessionAffinity", ["clientip", {}]],
    ["spec.ports", ["80", {}, [80]]],
    ["spec.ports[0].name", [1]],
    ["spec.ports[0].protocol", ["tcp", "ICMP", 6]],
    ["spec.ports[0].port", [0, -1, 65536, 1.5, "80", undefined, Number.NaN]],
    ["spec.ports[0].nodePort", [-1, 65536, "30000"]],
    ["status.loadBalancer", ["x", []]],
    ["status.loadBalancer.ingress", ["192.0.2.1", [1], {}]],
    ["status.loadBalancer.ingress[0].ip", [1]],
    ["status.conditions", ["x", [1]]],
    ["metadata.labels", [[], { a: 1 }]],
    ["metadata.annotations", ["x", { a: true }]],
  ];

  it("has more than fifty malformed forms here", () =>
    expect(WRONG.reduce((count, [, values]) => count + values.length, 0)).to.be.above(50));

  for (const [path, values] of WRONG) {
    for (const value of values) {
      it(`has a problem at ${path} with ${JSON.stringify(value) ?? String(value)}`, () => {
        const problems = problemsOf("Service", withField(FULL, path, value));
        expect(problems).to.not.deep.equal([]);
        for (const { object, field, message } of problems) {
          expect(object).to.deep.equal({ kind: "Service", namespace: "default", name: "web" });
          expect(field.startsWith(path), field).to.equal(true);
          expect(message).to.not.equal("");
        }
      });
    }
  }

  it("is read or has problems, whatever is in it", () => {
    const paths = WRONG.map(([path]) => path).filter((path) => path !== "spec");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), fc.anything()), { maxLength: 3 }), (changes) => {
        let raw = FULL;
        for (const [path, value] of changes) {
          try {
            raw = withField(raw, path, value);
          } catch {
            return; // what it lay in is no object any more
          }
        }
        const read = readRaw("Service", raw);
        if ("problems" in read) expect(read.problems).to.not.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});
