import { parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import {
  hostNetworkTrouble,
  missingCapabilities,
  type NodeFacts,
  nodeTroubles,
} from "../../src/node-check/node-check.ts";

const ALL = 0x1ff_ffff_ffffn;
const FINE: NodeFacts = { capabilities: ALL, nft: { version: "1.0.6" } };
const NO_FIB = { features: [{ name: "fib", why: "No such file or directory" }] };

describe("missingCapabilities", () => {
  for (const [effective, missing] of [
    [ALL, []],
    [0x3000n, []], // what config/speaker.yaml gives
    [0x2000n, ["CAP_NET_ADMIN"]],
    [0x1000n, ["CAP_NET_RAW"]],
    [0xa80425fbn, ["CAP_NET_ADMIN"]], // what a container has that is told nothing
    [0n, ["CAP_NET_ADMIN", "CAP_NET_RAW"]],
  ] as const) {
    it(`finds ${missing.join(" and ") || "none"} in ${effective.toString(16)}`, () => {
      expect(missingCapabilities(effective)).to.deep.equal(missing);
    });
  }
});

describe("the troubles of a node", () => {
  const codes = (facts: Partial<NodeFacts>, answersInKernel = false) => {
    return nodeTroubles({ ...FINE, ...facts }, answersInKernel).map(({ code, ...rest }) => {
      return `${code}${"isPartial" in rest && rest.isPartial ? " (partial)" : ""}`;
    });
  };
  for (const [what, facts, expected] of [
    ["a node that has all", {}, []],
    ["no capabilities", { capabilities: 0n }, ["CapabilityMissing"]],
    ["no nft", { nft: { why: "spawn nft ENOENT" } }, ["NftMissing"]],
    ["neither", { capabilities: 0n, nft: { why: "no" } }, ["CapabilityMissing", "NftMissing"]],
    ["a kernel without fib", { forwarding: NO_FIB }, ["KernelFeatureMissing"]],
    ["a kernel that cannot answer", { answers: NO_FIB }, ["KernelFeatureMissing (partial)"]],
    ["an old nft that cannot", { nft: { version: "0.9.8" }, forwarding: NO_FIB }, ["NftTooOld"]],
    ["an older patch of nft", { nft: { version: "1.0.5" }, answers: NO_FIB }, ["NftTooOld (partial)"]],
    ["an old nft that can", { nft: { version: "0.9.8" } }, []],
    ["a newer nft that cannot", { nft: { version: "1.1" }, forwarding: NO_FIB }, ["KernelFeatureMissing"]],
  ] as const) {
    it(`are, with ${what}: ${expected.join(", ") || "none"}`, () => expect(codes(facts)).to.deep.equal(expected));
  }
  it("stop a speaker that must not answer itself", () => {
    expect(codes({ answers: NO_FIB }, true)).to.deep.equal(["KernelFeatureMissing"]);
  });
});

describe("hostNetworkTrouble", () => {
  const links = [
    { addresses: ["127.0.0.1/8", "::1/128"].map(parsePrefix) },
    { addresses: [parsePrefix("192.0.2.1/24")] },
  ];
  for (const [what, addresses, is] of [
    ["the address of a link", ["192.0.2.1"], false],
    ["an address of a link among others", ["198.51.100.1", "192.0.2.1"], false],
    ["no address of a link", ["198.51.100.1", "2001:db8::1"], true],
    ["no address at all", [], false],
  ] as const) {
    it(`is ${is ? "there" : "not there"} for a node with ${what}`, () => {
      const nodes = new Map([["n1", addresses.map(parseAddress)]]);
      expect(hostNetworkTrouble("n1", nodes, links)).to.have.length(is ? 1 : 0);
    });
  }
  it("is not there for a node that is not known", () => {
    expect(hostNetworkTrouble("n2", new Map([["n1", [parseAddress("198.51.100.1")]]]), links)).to.deep.equal([]);
  });
});
