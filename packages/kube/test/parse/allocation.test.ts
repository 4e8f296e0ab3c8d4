import { addressFromOctets, compareAddresses, parseAddress } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { allocatedAddress, allocationName, allocationSpec } from "../../src/parse/allocation.ts";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf } from "./builders.ts";

const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressFromOctets),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressFromOctets),
);
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const allocation = (name: string, text: string): RawObject => ({
  apiVersion: "fairlead.dev/v1beta1",
  kind: "IPAllocation",
  metadata: { name, uid: "a1" },
  spec: { address: text, pool: "lan", serviceRef: { namespace: "shop", name: "web", uid: "u1" } },
});

const WEB = { namespace: "shop", name: "web", uid: "u1" };
const API = { namespace: "shop", name: "api", uid: "u2" };
const NOON = "2026-01-01T12:00:00Z";

describe("the name of an IPAllocation", () => {
  for (const [text, name] of [
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001-0db8-0000-0000-0000-0000-0000-0001"],
    ["::", "0000-0000-0000-0000-0000-0000-0000-0000"],
  ] as const) {
    it(`is ${name} for ${text}`, () => expect(allocationName(parseAddress(text))).to.equal(name));
  }

  it("is legal, and names one address only", () =>
    fc.assert(
      fc.property(address, address, (a, b) => {
        expect(allocationName(a)).to.match(SUBDOMAIN).and.have.length.at.most(253);
        expect(allocationName(a) === allocationName(b)).to.equal(compareAddresses(a, b) === 0);
        expect(allocatedAddress(allocationName(a))).to.deep.equal(a);
      }),
    ));

  for (const name of [
    "web",
    "2001:db8::1",
    "192.0.2",
    "2001-db8-0-0-0-0-0-1",
    "192.0.2.01",
    "2001-0DB8-0000-0000-0000-0000-0000-0001",
  ]) {
    it(`is never ${name}`, () => expect(allocatedAddress(name)).to.equal(undefined));
  }
});

describe("an IPAllocation", () => {
  it("is read whole, its address in canonical text", () =>
    expect(
      goodValue("IPAllocation", allocation("2001-0db8-0000-0000-0000-0000-0000-0001", "2001:DB8:0::1")),
    ).to.deep.equal({
      name: "2001-0db8-0000-0000-0000-0000-0000-0001",
      uid: "a1",
      version: "",
      ip: parseAddress("2001:db8::1"),
      address: "2001:db8::1",
      pool: "lan",
      holders: [WEB],
    }));

  for (const [what, spec, hold] of [
    ["a sole holder", { serviceRef: WEB }, { holders: [WEB] }],
    ["sharers", { serviceRef: WEB, sharers: [API] }, { holders: [WEB, API] }],
    ["a reservation", { claimRef: API }, { holders: [], claim: API }],
    ["a reservation in use", { serviceRef: WEB, claimRef: API }, { holders: [WEB], claim: API }],
    ["a release", { serviceRef: WEB, releasedAt: NOON }, { holders: [], released: { by: WEB, at: NOON } }],
  ] as const) {
    it(`says ${what}, and is written so again`, () => {
      const whole = { address: "192.0.2.1", pool: "lan", ...spec };
      const read = goodValue("IPAllocation", { ...allocation("192.0.2.1", "192.0.2.1"), spec: whole });
      expect(read).to.deep.include(hold);
      expect(allocationSpec(read)).to.deep.equal(whole);
    });
  }

  for (const [what, raw, field] of [
    ["no address", allocation("web", "web"), "spec.address"],
    ["a name that is another address", allocation("192.0.2.2", "192.0.2.1"), "metadata.name"],
    ["no spec", { ...allocation("192.0.2.1", "192.0.2.1"), spec: undefined }, "spec"],
  ] as const) {
    it(`has a problem with ${what}`, () =>
      expect(problemsOf("IPAllocation", raw).map((problem) => problem.field)).to.deep.equal([field]));
  }
});
