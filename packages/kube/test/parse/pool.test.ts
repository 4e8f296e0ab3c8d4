import { pool } from "@fairlead/kube/testing";
import { formatRange, parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf, readRaw, withField } from "./builders.ts";

const FULL: RawObject = {
  ...pool("lan", {
    addresses: ["192.0.2.0/28", "2001:db8::-2001:db8::ff"],
    exclude: ["192.0.2.0/32"],
    autoAssign: false,
    advertise: "Manual",
    serviceAllocation: {
      priority: 20,
      namespaces: ["shop"],
      namespaceSelectors: [{ matchLabels: { team: "web" } }],
      serviceSelectors: [{ matchExpressions: [{ key: "tier", operator: "In", values: ["front"] }] }],
    },
  }),
  metadata: { name: "lan", uid: "u1", creationTimestamp: "2026-01-01T00:00:00Z", labels: { site: "a" } },
};
const ranges = (...addresses: string[]) =>
  goodValue("IPAddressPool", pool("lan", { addresses })).usable.map(formatRange);

describe("an IPAddressPool", () => {
  it("is read whole", () => {
    const { total, usable, ...rest } = goodValue("IPAddressPool", FULL);
    expect(rest).to.deep.equal({
      name: "lan",
      created: "2026-01-01T00:00:00Z",
      labels: { site: "a" },
      avoidBuggyIPs: false,
      coolDownMillis: 0,
      autoAssign: false,
      advertise: "Manual",
      serviceAllocation: {
        priority: 20,
        namespaces: ["shop"],
        namespaceSelectors: [{ matchLabels: { team: "web" }, matchExpressions: [] }],
        serviceSelectors: [{ matchLabels: {}, matchExpressions: [{ key: "tier", operator: "In", values: ["front"] }] }],
      },
    });
    expect(total.map(formatRange)).to.deep.equal(["192.0.2.0-192.0.2.15", "2001:db8::-2001:db8::ff"]);
    expect(usable.map(formatRange)).to.deep.equal(["192.0.2.1-192.0.2.15", "2001:db8::-2001:db8::ff"]);
  });

  it("P-08, P-10: is for all Services, given out unasked and announced, unless it says otherwise", () => {
    const value = goodValue("IPAddressPool", pool("lan"));
    expect(value).to.deep.include({ autoAssign: true, advertise: "Auto" });
    expect(value).to.not.have.property("serviceAllocation");
  });

  it("P-16: a serviceAllocation without selectors has a priority only", () =>
    expect(
      goodValue("IPAddressPool", pool("lan", { serviceAllocation: { priority: 5 } })).serviceAllocation,
    ).to.deep.equal({
      priority: 5,
      namespaces: [],
      namespaceSelectors: [],
      serviceSelectors: [],
    }));

  it("P-02: masks host bits of a CIDR", () =>
    expect(ranges("198.51.100.10/24")).to.deep.equal(["198.51.100.0-198.51.100.255"]));
  it("P-03: takes blanks around the hyphen", () =>
    expect(ranges("192.0.2.1 - 192.0.2.3")).to.deep.equal(["192.0.2.1-192.0.2.3"]));
  it("P-04: a single address is a /32 or a /128", () =>
    expect(ranges("192.0.2.1/32", "2001:db8::1/128")).to.deep.equal(["192.0.2.1", "2001:db8::1"]));
  it("P-06: has both families", () =>
    expect(ranges("2001:db8::/127", "192.0.2.0/31")).to.deep.equal(["192.0.2.0-192.0.2.1", "2001:db8::-2001:db8::1"]));
  it("may exclude all that it has", () =>
    expect(goodValue("IPAddressPool", pool("lan", { exclude: ["192.0.0.0/16"] })).usable).to.deep.equal([]));

  for (const [what, addresses, reason, field] of [
    ["P-01: no entry", [], "InvalidObject", "spec.addresses"],
    ["P-04: a bare address", ["192.0.2.1"], "InvalidRange", "spec.addresses[0]"],
    ["P-03: a range from end to start", ["192.0.2.9-192.0.2.1"], "InvalidRange", "spec.addresses[0]"],
    ["P-05: a range of two families", ["192.0.2.1-2001:db8::1"], "InvalidRange", "spec.addresses[0]"],
    ["a range of three ends", ["192.0.2.1-192.0.2.2-192.0.2.3"], "InvalidRange", "spec.addresses[0]"],
    ["P-02: blanks around a CIDR", [" 192.0.2.0/24"], "InvalidRange", "spec.addresses[0]"],
    ["a bad one after a good one", ["192.0.2.0/24", "x/24"], "InvalidRange", "spec.addresses[1]"],
    ["P-07: an overlap within", ["192.0.2.0/24", "192.0.2.9-192.0.2.9"], "PoolOverlaps", "spec.addresses"],
  ] as const) {
    it(`refuses ${what}`, () => {
      const problems = problemsOf("IPAddressPool", pool("lan", { addresses }));
      expect(problems.map((problem) => ({ reason: problem.reason, field: problem.field }))).to.deep.equal([
        { reason, field },
      ]);
    });
  }

  it("names both ranges of an overlap", () =>
    expect(
      problemsOf("IPAddressPool", pool("lan", { addresses: ["192.0.2.0/30", "192.0.2.3/32"] }))[0]?.message,
    ).to.contain("192.0.2.0-192.0.2.3 and 192.0.2.3"));

  const WRONG: [string, unknown[]][] = [
    ["spec", [undefined, null, "x", [], {}]],
    ["spec.addresses", [undefined, "192.0.2.0/24", [1], [null], {}, [""], ["-"], ["/"], ["192.0.2.0/-1"], ["::/0/0"]]],
    ["spec.addresses[0]", ["192.0.2.0/33", "192.0.2.256/32", "192.0.02.0/24", "2001:db8::/129", "fe80::1%eth0/64"]],
    ["spec.addresses[1]", ["192.0.2.1-", "-192.0.2.1", "2001:db8::1-2001:db8::g", "1.2.3-1.2.4", "x".repeat(97)]],
    ["spec.exclude", ["x", [1], ["192.0.2.1"], ["192.0.2.9-192.0.2.1"]]],
    ["spec.autoAssign", ["yes", 1]],
    ["spec.advertise", ["auto", "Never", true]],
    ["spec.serviceAllocation", ["x", []]],
    ["spec.serviceAllocation.priority", [-1, 1.5, "1", 2 ** 31]],
    ["spec.serviceAllocation.namespaces", ["shop", [1]]],
    ["spec.serviceAllocation.namespaceSelectors", [{}, [1], [{ matchLabels: { a: 1 } }], [{ matchLabel: {} }]]],
    ["spec.serviceAllocation.serviceSelectors", [[{ matchExpressions: [{ key: "a", operator: "in" }] }], ["a=b"]]],
  ];

  it("has more than forty malformed forms here", () =>
    expect(WRONG.reduce((count, [, values]) => count + values.length, 0)).to.be.above(40));

  for (const [path, values] of WRONG) {
    for (const value of values) {
      const shown = (JSON.stringify(value) ?? String(value)).slice(0, 60);
      it(`has a problem at ${path} with ${shown}`, () => {
        const problems = problemsOf("IPAddressPool", withField(FULL, path, value));
        expect(problems).to.not.deep.equal([]);
        for (const { field, message } of problems) {
          expect(field.startsWith(path), field).to.equal(true);
          expect(message).to.not.equal("");
        }
      });
    }
  }

  for (const path of ["spec.protocol", "spec.serviceAllocation.namespace"]) {
    it(`has a problem with the unknown field ${path}`, () =>
      expect(problemsOf("IPAddressPool", withField(FULL, path, "x"))[0]?.message).to.contain(path.split(".").at(-1)));
  }

  it("is read or has problems, whatever is in it", () =>
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.array(fc.string()), (spec, addresses, texts) => {
        for (const raw of [
          { ...FULL, spec },
          withField(FULL, "spec.addresses", addresses),
          withField(FULL, "spec.addresses", texts),
        ]) {
          const read = readRaw("IPAddressPool", raw);
          if ("problems" in read) expect(read.problems).to.not.deep.equal([]);
        }
      }),
      { numRuns: 200 },
    ));
});

describe("an L2Advertisement", () => {
  const advertisement = (spec: Record<string, unknown>) => ({ ...pool("adv"), kind: "L2Advertisement", spec });

  it("is for all unless it says otherwise", () =>
    expect(goodValue("L2Advertisement", advertisement({}))).to.deep.equal({
      name: "adv",
      ipAddressPools: [],
      ipAddressPoolSelectors: [],
      nodeSelectors: [],
      serviceSelectors: [],
      links: { interfaces: [], subnets: [], exclude: [] },
      preferredNodes: [],
      share: "None",
    }));

  it("is read whole", () =>
    expect(
      goodValue(
        "L2Advertisement",
        advertisement({
          ipAddressPools: ["lan"],
          ipAddressPoolSelectors: [{}],
          nodeSelectors: [{ matchLabels: { rack: "1" } }],
          serviceSelectors: [{ matchExpressions: [{ key: "x", operator: "Exists" }] }],
          interfaces: ["eth0", "lan*"],
          subnets: ["192.0.2.7/24"],
          exclude: ["docker?"],
          share: "Client",
          preferredNodeSelectors: [{ weight: 100, preference: { matchLabels: { disk: "fast" } } }],
        }),
      ),
    ).to.deep.equal({
      name: "adv",
      ipAddressPools: ["lan"],
      ipAddressPoolSelectors: [{ matchLabels: {}, matchExpressions: [] }],
      nodeSelectors: [{ matchLabels: { rack: "1" }, matchExpressions: [] }],
      serviceSelectors: [{ matchLabels: {}, matchExpressions: [{ key: "x", operator: "Exists", values: [] }] }],
      links: { interfaces: ["eth0", "lan*"], subnets: [parseRange("192.0.2.0/24")], exclude: ["docker?"] },
      share: "Client",
      preferredNodes: [{ weight: 100, selector: { matchLabels: { disk: "fast" }, matchExpressions: [] } }],
    }));

  for (const { name, spec, field } of [
    { name: "unknown fields", spec: { interface: "eth0" }, field: "spec" },
    { name: "a link's name with a blank", spec: { interfaces: ["eth0, eth1"] }, field: "spec.interfaces[0]" },
    { name: "what is no CIDR block", spec: { subnets: ["192.0.2.0/24", "lan"] }, field: "spec.subnets[1]" },
    {
      name: "L-07: a weight above 100",
      spec: { preferredNodeSelectors: [{ weight: 101, preference: {} }] },
      field: "spec.preferredNodeSelectors[0].weight",
    },
    {
      name: "L-08: a weight without a preference",
      spec: { preferredNodeSelectors: [{ weight: 1 }] },
      field: "spec.preferredNodeSelectors[0].preference",
    },
    {
      name: "E-187: a preference with an operator that there is not",
      spec: {
        preferredNodeSelectors: [{ weight: 1, preference: { matchExpressions: [{ key: "x", operator: "Near" }] } }],
      },
      field: "spec.preferredNodeSelectors[0].preference.matchExpressions[0].operator",
    },
  ]) {
    it(`refuses ${name}`, () => {
      const problems = problemsOf("L2Advertisement", advertisement(spec));
      expect(problems.map((problem) => problem.field)).to.deep.equal([field]);
    });
  }
});
