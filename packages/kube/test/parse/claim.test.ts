import { parseAddress } from "@fairlead/net";
import { expect } from "chai";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf } from "./builders.ts";

const claim = (spec: unknown, status?: unknown): RawObject => ({
  apiVersion: "fairlead.dev/v1beta1",
  kind: "IPClaim",
  metadata: { namespace: "shop", name: "web", uid: "u1", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec,
  ...(status !== undefined && { status }),
});

describe("an IPClaim", () => {
  it("is read whole", () => {
    const spec = { serviceName: "web", addresses: ["2001:DB8::1", "192.0.2.1"], ipAddressPools: ["lan"] };
    const conditions = [
      { type: "Reserved", status: "True", reason: "Reserved", message: "m", lastTransitionTime: "t" },
    ];
    expect(goodValue("IPClaim", claim(spec, { addresses: ["192.0.2.1"], conditions }))).to.deep.equal({
      namespace: "shop",
      name: "web",
      uid: "u1",
      created: "2026-01-01T00:00:00Z",
      for: { serviceName: "web" },
      addresses: [parseAddress("2001:db8::1"), parseAddress("192.0.2.1")],
      families: [6, 4],
      pools: ["lan"],
      reserved: ["192.0.2.1"],
      condition: { status: "True", reason: "Reserved", message: "m" },
    });
  });

  for (const [what, spec, fields] of [
    ["an address of IPv4 unless told", {}, { families: [4], addresses: undefined, pools: [] }],
    [
      "an address of each family that it names",
      { ipFamilies: ["IPv6", "IPv4", "IPv6"].slice(0, 2) },
      { families: [6, 4] },
    ],
  ] as const) {
    it(`claims ${what}`, () =>
      expect(goodValue("IPClaim", claim({ serviceName: "web", ...spec }))).to.deep.include(fields));
  }

  it("may be for Services by label", () =>
    expect(goodValue("IPClaim", claim({ serviceSelector: { matchLabels: { app: "web" } } })).for).to.deep.equal({
      serviceSelector: { matchLabels: { app: "web" }, matchExpressions: [] },
    }));

  it("is read without a status that cannot be", () =>
    expect(goodValue("IPClaim", claim({ serviceName: "web" }, { addresses: 7 })).reserved).to.deep.equal([]));

  for (const [what, spec, field] of [
    ["no target", {}, "spec"],
    ["two targets", { serviceName: "web", serviceSelector: {} }, "spec"],
    ["an empty name", { serviceName: "" }, "spec.serviceName"],
    ["what is no address", { serviceName: "web", addresses: ["192.0.2"] }, "spec.addresses[0]"],
    ["no address in the list", { serviceName: "web", addresses: [] }, "spec.addresses"],
    ["two of a family", { serviceName: "web", addresses: ["192.0.2.1", "192.0.2.2"] }, "spec.addresses"],
    ["a family that does not exist", { serviceName: "web", ipFamilies: ["IPv5"] }, "spec.ipFamilies[0]"],
    ["an unknown field", { serviceName: "web", size: 2 }, "spec"],
    ["no spec", undefined, "spec"],
  ] as const) {
    it(`has a problem with ${what}`, () =>
      expect(problemsOf("IPClaim", claim(spec)).map((problem) => problem.field)).to.deep.equal([field]));
  }
});
