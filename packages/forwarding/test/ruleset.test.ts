import { parseRange } from "@fairlead/net";
import { expect } from "chai";
import { balancerChain, balancerName, parseBalancerName } from "../src/balancer.ts";
import { fixedParts } from "../src/ruleset.ts";
import { aTable } from "./builders.ts";

const DIRECT = fixedParts(aTable([])).join("\n");
const NODE_PORT = fixedParts(aTable([], { mode: "nodePort" })).join("\n");

describe("Fixed rules", () => {
  it("check the first packet of a flow before it is translated", () =>
    expect(DIRECT).to.include(`chain check4 {
	ip daddr . meta l4proto . th dport @limited4 ip daddr . meta l4proto . th dport . ip saddr != @allowed4 drop
	tcp flags & (fin | syn | rst | ack) != syn reject with tcp reset
	ip daddr . meta l4proto . th dport vmap @unavailable4
	icmp type echo-request accept
	meta l4proto != { tcp, udp, sctp } drop
	ip daddr . meta l4proto . th dport != @ports4 goto refuse
}`));

  it("have the same chains and sets for both families", () => {
    const names = (family: 4 | 6) =>
      Array.from(NODE_PORT.matchAll(/^(?:set|map|chain) (\S+?)([46]) \{/gm))
        .filter(([, , suffix]) => suffix === String(family))
        .map(([, name]) => name);
    expect(names(4)).to.deep.equal(names(6)).and.to.include.members(["vips", "check", "masquerading", "forth", "back"]);
  });

  it("refer only to sets that are declared", () => {
    const declared = new Set(Array.from(NODE_PORT.matchAll(/^(?:set|map) (\S+) \{/gm), ([, name]) => name));
    for (const [, name] of NODE_PORT.matchAll(/@([a-z0-9-]+)/g)) expect(declared).to.include(name);
  });

  it("rewrite nothing in mode direct", () => expect(DIRECT).to.not.match(/nodeports|dport set|mark/));

  it("rewrite only in the families of which the node has an address", () => {
    const parts = fixedParts({ ...aTable([], { mode: "nodePort" }), nodeAddresses: [] }).join("\n");
    expect(parts)
      .to.include("map nodeports4")
      .and.to.not.match(/dport set/);
  });

  it("merge pod ranges, and declare an empty set for none", () => {
    const parts = fixedParts(aTable([], { internal: ["10.0.0.0/8", "10.1.0.0/16"].map(parseRange) })).join("\n");
    expect(parts).to.include("{ 10.0.0.0-10.255.255.255 }");
    expect(parts).to.include("set pod-ranges6 {\n\ttype ipv6_addr\n\tflags interval\n}");
  });
});

describe("Balancer", () => {
  it("picks at random", () =>
    expect(balancerChain({ affinity: "None", from: "endpoints", count: 3 })).to.equal(`chain rr-3 {
	dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 3 map @endpoints4
	dnat ip6 to ip6 daddr . meta l4proto . th dport . numgen random mod 3 map @endpoints6
}`));

  it("picks by the client's address", () =>
    expect(balancerChain({ affinity: "ClientIP", from: "inside-endpoints", count: 2 })).to.equal(`chain ahi-2 {
	dnat ip to ip daddr . meta l4proto . th dport . jhash ip saddr mod 2 seed 0x5eed map @inside-endpoints4
	dnat ip6 to ip6 daddr . meta l4proto . th dport . jhash ip6 saddr mod 2 seed 0x5eed map @inside-endpoints6
}`));

  for (const name of ["rr-1", "rri-2", "ah-3", "ahi-40"]) {
    it(`reads its name ${name} back`, () => {
      const balancer = parseBalancerName(name);
      expect(balancer && balancerName(balancer)).to.equal(name);
    });
  }

  for (const name of ["refuse", "silence", "rr-0", "rr-"]) {
    it(`is not called ${name}`, () => expect(parseBalancerName(name)).to.equal(undefined));
  }
});
