import { placePorts } from "@fairlead/forwarding";
import { parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import { type Decision, decide } from "../../src/plan/decide.ts";
import type { Snapshot } from "../../src/survey/snapshot.ts";
import {
  aNode,
  anAllocation,
  anEndpoint,
  announced,
  aPool,
  aService,
  aSnapshot,
  endpointsOf,
  VIP,
} from "../builders.ts";

const SECOND = "192.0.2.11";
const THIRD = "192.0.2.12";
const record = (address: string, uid: string, ...sharers: string[]) => {
  return { ...anAllocation(uid, "lan", ...sharers), name: address, address, ip: parseAddress(address) };
};
const TWO = aService({ addressesPerFamily: 2, ingress: [VIP, SECOND] });
const RECORDS = [anAllocation("uid-web"), record(SECOND, "uid-web")];
const planned = (fields: Partial<Snapshot> = {}) =>
  decide(aSnapshot({ services: [TWO], allocations: RECORDS, ...fields }));
const groups = ({ plan }: Decision) =>
  Object.fromEntries(announced(plan).map(({ address, groups }) => [address, groups]));

describe("several addresses of one Service", () => {
  it("are to be on different nodes", () =>
    expect(groups(planned())).to.deep.equal({ [VIP]: ["uid-web/4"], [SECOND]: ["uid-web/4"] }));

  it("are to be so in each family by itself, as clients try both families anyway", () => {
    const ingress = [VIP, "2001:db8::10"];
    const pools = [aPool({ total: [parseRange("192.0.2.0/24"), parseRange("2001:db8::/64")] })];
    const decision = planned({ services: [{ ...TWO, ingress }], pools, allocations: [] });
    expect(groups(decision)).to.deep.equal({ [VIP]: undefined, "2001:db8::10": undefined });
  });

  it("are to be away from those of each Service that they are shared with", () => {
    const dns = aService({
      name: "dns",
      uid: "uid-dns",
      ports: [{ name: "dns", protocol: "UDP", port: 53 }],
      sharingKey: "k",
      ingress: [VIP, THIRD],
    });
    const web = { ...TWO, sharingKey: "k" };
    const allocations = [record(VIP, "uid-web", "uid-dns"), record(SECOND, "uid-web"), record(THIRD, "uid-dns")];
    expect(groups(planned({ services: [web, dns], allocations }))).to.deep.equal({
      [VIP]: ["uid-web/4", "uid-dns/4"],
      [SECOND]: ["uid-web/4"],
      [THIRD]: ["uid-dns/4"],
    });
  });

  it("are of no group when only one of them is the Service's", () => {
    const allocations = [anAllocation("uid-web"), record(SECOND, "uid-other")];
    expect(groups(planned({ allocations }))).to.deep.equal({ [VIP]: undefined });
  });

  it("have the same candidates, and are all forwarded to the same endpoints", () => {
    const endpoints = [endpointsOf([anEndpoint("10.0.0.1", "n1"), anEndpoint("10.0.0.2", "n2")])];
    const { plan, forwarding } = planned({ services: [{ ...TWO, externalTrafficPolicy: "Local" }], endpoints });
    expect(announced(plan).map(({ nodes }) => [...nodes.keys()])).to.deep.equal([
      ["n1", "n2"],
      ["n1", "n2"],
    ]);
    const [first, second, ...more] = forwarding.ports;
    expect(more).to.deep.equal([]);
    expect(second).to.deep.equal({ ...first, vip: parseAddress(SECOND) });
  });

  it("are all forwarded where NodePorts are used too, although a NodePort can stand for one of them only", () => {
    const ports = [{ name: "http", protocol: "TCP" as const, port: 80, nodePort: 30_080 }];
    const nodes = [aNode("n1", { internalAddresses: [parseAddress("192.0.2.1")] }), aNode("n2"), aNode("n3")];
    const { forwarding } = planned({ forwarding: "nodePort", services: [{ ...TWO, ports }], nodes });
    expect([...placePorts(forwarding).values()].map(({ mode }) => mode)).to.deep.equal(["nodePort", "direct"]);
  });
});
