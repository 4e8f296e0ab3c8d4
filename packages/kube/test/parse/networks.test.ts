import { parseAddress, parsePrefix, parseRange } from "@fairlead/net";
import { expect } from "chai";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf } from "./builders.ts";

const LINK = { name: "eth0", mac: "02:00:00:00:00:01", up: true };
const speaker = (status: unknown): RawObject => ({
  apiVersion: "fairlead.dev/v1beta1",
  kind: "SpeakerStatus",
  metadata: { name: "n1" },
  status,
});
const cidr = (spec: unknown): RawObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  metadata: { name: "kubernetes" },
  spec,
});

describe("a SpeakerStatus", () => {
  it("says which subnets its node is in and which routers it uses, whatever cannot be read", () => {
    const links = [
      { ...LINK, subnets: ["192.0.2.7/24", "nonsense"], gateways: ["192.0.2.1", "nonsense"] },
      { ...LINK, name: "eth1", subnets: ["2001:db8::7/64"] },
    ];
    expect(goodValue("SpeakerStatus", speaker({ links }))).to.deep.equal({
      name: "n1",
      subnets: ["192.0.2.7/24", "2001:db8::7/64"].map(parsePrefix),
      gateways: [parseAddress("192.0.2.1")],
      macs: ["02:00:00:00:00:01", "02:00:00:00:00:01"],
      strangers: [],
      answers: new Set(),
    });
  });
  for (const status of [
    undefined,
    {},
    { links: 7 },
    { links: [{ name: "eth0" }] },
    { owned: 1, forwarding: "direct" },
  ]) {
    it(`says nothing with the status ${JSON.stringify(status)}`, () =>
      expect(goodValue("SpeakerStatus", speaker(status))).to.deep.equal({
        name: "n1",
        subnets: [],
        gateways: [],
        macs: [],
        strangers: [],
        answers: new Set(),
      }));
  }
  it("says which addresses its node answers for, alone or for a part of the clients", () => {
    const [address, shared] = [{ address: "192.0.2.1", epoch: 1 }, { address: "2001:db8::1" }];
    expect(goodValue("SpeakerStatus", speaker({ layer2: { addresses: [address], shared: [shared] } }))).to.deep.include(
      {
        answers: new Set(["192.0.2.1", "2001:db8::1"]),
      },
    );
  });
  it("has its links all the same if what it answers for cannot be read", () =>
    expect(
      goodValue("SpeakerStatus", speaker({ links: [{ ...LINK, subnets: [] }], layer2: { addresses: [7] } })),
    ).to.deep.include({
      macs: [LINK.mac],
      answers: new Set(),
    }));
  it("says which addresses strangers had before it, and not those that it answers for all the same", () => {
    const conflict = {
      address: "192.0.2.50",
      service: "",
      link: "eth0",
      mac: "02:00:5e:00:53:99",
      reason: "AddressInUse",
      beforeAnnounced: true,
      since: "2026-01-01T00:00:00Z",
    };
    const conflicts = [conflict, { ...conflict, reason: "AddressConflict" }, { ...conflict, address: "nonsense" }];
    expect(goodValue("SpeakerStatus", speaker({ layer2: { conflicts } }))).to.deep.include({
      strangers: [{ address: parseAddress("192.0.2.50"), mac: "02:00:5e:00:53:99", link: "eth0", isNew: true }],
    });
  });
});

describe("a ServiceCIDR", () => {
  it("has the ranges of cluster addresses", () =>
    expect(goodValue("ServiceCIDR", cidr({ cidrs: ["10.96.0.0/16", "fd00::/108"] }))).to.deep.equal({
      name: "kubernetes",
      ranges: ["10.96.0.0/16", "fd00::/108"].map(parseRange),
    }));
  it("has a problem with what is no block", () =>
    expect(problemsOf("ServiceCIDR", cidr({ cidrs: ["10.96.0.0"] })).map(({ field }) => field)).to.deep.equal([
      "spec.cidrs[0]",
    ]));
});
