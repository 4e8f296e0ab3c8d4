import { ANY_LINK, type LinkSelector, parseRange } from "@fairlead/net";
import { expect } from "chai";
import {
  ANNOUNCEMENT_REFUSAL_CODES,
  type AnnouncementRefusal,
  type AnnouncementRefusalCode,
  describeAnnouncementRefusal,
} from "../src/announcement-refusal.ts";
import { DRAINING_CODES, type Draining, type DrainingCode, describeDraining } from "../src/draining.ts";
import { permissions } from "../src/permission.ts";
import { describeProblems } from "../src/problem.ts";
import {
  ALLOCATION_REFUSAL_CODES,
  type AllocationRefusal,
  type AllocationRefusalCode,
  describeRefusal,
} from "../src/refusal.ts";
import { describeReserved } from "../src/reserved.ts";
import { describeTrouble, isPartial, TROUBLE_CODES, type Trouble, type TroubleCode } from "../src/trouble.ts";

/** One refusal of each code: a code without one is a type error. */
const ALLOCATION: { readonly [Code in AllocationRefusalCode]: Extract<AllocationRefusal, { code: Code }> } = {
  NoPool: { code: "NoPool" },
  PoolFull: { code: "PoolFull", pools: [{ pool: "lan", why: "Full" }] },
  QuotaExceeded: {
    code: "QuotaExceeded",
    namespace: "default",
    pools: [{ pool: "lan", why: "QuotaUsed" }],
  },
  FamilyMissing: { code: "FamilyMissing", family: 6, pools: [{ pool: "lan", why: "FamilyMissing" }] },
  NotAllowedForService: { code: "NotAllowedForService", pools: ["lan"] },
  InvalidRequest: { code: "InvalidRequest", source: "spec.loadBalancerIP", must: "be one", value: "192.0.2" },
  ConflictingRequest: { code: "ConflictingRequest", annotation: "192.0.2.1", field: "192.0.2.2" },
  UnknownPool: { code: "UnknownPool", pool: "wan" },
  AddressNotInPool: { code: "AddressNotInPool", address: "192.0.2.1" },
  AddressUnusable: { code: "AddressUnusable", address: "192.0.2.1", what: "Gateway", of: "n1" },
  AddressTaken: { code: "AddressTaken", address: "192.0.2.1", by: "Service default/web" },
  SharingRefused: {
    code: "SharingRefused",
    address: "192.0.2.1",
    with: "default/web",
    conflict: { rule: "PortTaken", port: "TCP 80" },
  },
  ForeignStatus: { code: "ForeignStatus", addresses: ["192.0.2.1"] },
  WriteWar: { code: "WriteWar", manager: "other" },
};

const DRAINING: { readonly [Code in DrainingCode]: Extract<Draining, { code: Code }> } = {
  NoPoolHasAddress: { code: "NoPoolHasAddress", address: "192.0.2.1", pool: "lan" },
  PoolExcludesService: { code: "PoolExcludesService", address: "192.0.2.1", pool: "lan" },
  AddressUnusable: { code: "AddressUnusable", address: "192.0.2.1", what: "NodeAddress", of: "n1" },
};

const ANNOUNCEMENT: { readonly [Code in AnnouncementRefusalCode]: Extract<AnnouncementRefusal, { code: Code }> } = {
  NoAnnouncement: { code: "NoAnnouncement", pool: "lan" },
  NodeUnknown: { code: "NodeUnknown", node: "n1" },
  NodeNotSelected: { code: "NodeNotSelected", advertisements: ["edge"] },
  NodeNotReady: { code: "NodeNotReady" },
  NetworkUnavailable: { code: "NetworkUnavailable" },
  NodeExcluded: { code: "NodeExcluded", label: "node.kubernetes.io/exclude-from-external-load-balancers" },
  NoLocalEndpoints: { code: "NoLocalEndpoints", nodes: ["n2", "n3"] },
  AddressInUse: { code: "AddressInUse", link: "eth0", mac: "02:00:5e:00:53:99" },
  NoInterface: { code: "NoInterface", selectors: [ANY_LINK] },
  LinkDown: { code: "LinkDown", link: "eth0" },
  HoldDown: { code: "HoldDown", link: "eth0" },
};

const TROUBLE: { readonly [Code in TroubleCode]: Extract<Trouble, { code: Code }> } = {
  PermissionMissing: { code: "PermissionMissing", permissions: permissions("", ["services"], ["list"]) },
  KindMissing: { code: "KindMissing", kinds: ["servicecidrs.networking.k8s.io"], isPartial: true },
  ApiUnreachable: { code: "ApiUnreachable", why: "connection refused" },
  CredentialsUnusable: { code: "CredentialsUnusable", why: "no such file" },
  CredentialsRefused: { code: "CredentialsRefused", why: "401" },
  LeaseUnavailable: { code: "LeaseUnavailable", why: "no such namespace" },
  CapabilityMissing: { code: "CapabilityMissing", capabilities: ["CAP_NET_ADMIN", "CAP_NET_RAW"] },
  NotHostNetwork: { code: "NotHostNetwork", node: "n1", addresses: ["192.0.2.1"] },
  NftMissing: { code: "NftMissing", why: "spawn nft ENOENT" },
  NftTooOld: { code: "NftTooOld", version: "0.9.8", least: "1.0.6", isPartial: false },
  KernelFeatureMissing: { code: "KernelFeatureMissing", features: [{ name: "fib", why: "no" }], isPartial: false },
};

/** Several words with no value left out, and no period at the end: callers go on after it. */
const SENTENCE = /^(?!.*(undefined|\[object))[A-Za-z].* .*[^.\s]$/;

describe("reasons", () => {
  it("lists every code of an allocation refusal", () => {
    expect([...ALLOCATION_REFUSAL_CODES]).to.have.members(Object.keys(ALLOCATION));
  });
  it("lists every code of an announcement refusal", () => {
    expect([...ANNOUNCEMENT_REFUSAL_CODES]).to.have.members(Object.keys(ANNOUNCEMENT));
  });
  for (const refusal of Object.values<AllocationRefusal>(ALLOCATION)) {
    it(`has a sentence for ${refusal.code}`, () => expect(describeRefusal(refusal)).to.match(SENTENCE));
  }
  for (const refusal of Object.values<AnnouncementRefusal>(ANNOUNCEMENT)) {
    it(`has a sentence for ${refusal.code}`, () => expect(describeAnnouncementRefusal(refusal)).to.match(SENTENCE));
  }
  it("lists every code of trouble", () => {
    expect([...TROUBLE_CODES]).to.have.members(Object.keys(TROUBLE));
  });
  for (const trouble of Object.values<Trouble>(TROUBLE)) {
    it(`has a sentence for ${trouble.code} that says what cannot be done`, () => {
      expect(describeTrouble(trouble))
        .to.match(SENTENCE)
        .and.to.match(/^Cannot .*must /);
    });
  }
  it("says what goes on without what is missing, and what does not", () => {
    const missing = { code: "KernelFeatureMissing", features: [{ name: "fwd", why: "no" }] } as const;
    expect(describeTrouble({ ...missing, isPartial: true })).to.contain("the speaker answers ARP and NDP itself");
    expect(describeTrouble({ ...missing, isPartial: false })).to.not.contain("itself");
    expect([true, false].map((partial) => isPartial({ ...missing, isPartial: partial }))).to.deep.equal([true, false]);
    expect(isPartial(TROUBLE.PermissionMissing)).to.equal(false);
  });
  it("lists every code of draining", () => {
    expect([...DRAINING_CODES]).to.have.members(Object.keys(DRAINING));
  });
  for (const draining of Object.values<Draining>(DRAINING)) {
    it(`has a sentence for ${draining.code}`, () => expect(describeDraining(draining)).to.match(SENTENCE));
  }
  for (const what of [
    "NodeAddress",
    "Gateway",
    "NetworkAddress",
    "BroadcastAddress",
    "PodRange",
    "ServiceRange",
    "Stranger",
  ] as const) {
    it(`has words for ${what}`, () => expect(describeReserved({ what, of: "n1" })).to.match(SENTENCE));
  }
  it("names the nodes that have an endpoint, or says that none has", () => {
    const sentences = [["n2"], []].map((nodes) => describeAnnouncementRefusal({ code: "NoLocalEndpoints", nodes }));
    expect(sentences[0]).to.contain("n2");
    expect(sentences[1]).to.contain("no node");
  });
  it("names the links that were asked for, or says that no subnet fits", () => {
    const say = (...selectors: LinkSelector[]) => describeAnnouncementRefusal({ code: "NoInterface", selectors });
    const named = { ...ANY_LINK, interfaces: ["eth1", "eth2"] };
    const placed = { ...ANY_LINK, subnets: [parseRange("192.0.2.0/24")], exclude: ["docker*"] };
    expect(say(ANY_LINK)).to.match(/: one must have a subnet that holds it$/);
    expect(say(named, placed)).to.match(
      /must be called eth1 or eth2, or have a subnet in 192.0.2.0-192.0.2.255 and not be called docker\*$/,
    );
  });
  it("puts the field before each problem, if it has one", () => {
    const object = { kind: "IPAddressPool", name: "lan" } as const;
    const problems = [
      { object, field: "spec.addresses[0]", reason: "InvalidRange", message: "is bad" },
      { object, field: "", reason: "InvalidObject", message: "must be an object" },
    ] as const;
    expect(describeProblems(problems)).to.equal("spec.addresses[0]: is bad; must be an object");
  });
});
