import { ANY_LINK, type LinkSelector } from "@fairlead/net";
import { expect } from "chai";
import { type Decision, decide } from "../../src/plan/decide.ts";
import type { Snapshot } from "../../src/survey/snapshot.ts";
import {
  anAdvertisement,
  anAllocation,
  anEndpoint,
  announced,
  aService,
  aSnapshot,
  endpointsOf,
  VIP,
} from "../builders.ts";

const WEB = aService({ sharingKey: "k" });
const DNS = aService({
  name: "dns",
  uid: "uid-dns",
  created: "2026-02-01T00:00:00Z",
  sharingKey: "k",
  ports: [{ name: "dns", protocol: "UDP", port: 53 }],
});
const RECORDS = [anAllocation("uid-web", "lan", "uid-dns")];
const shared = (fields: Partial<Snapshot> = {}) =>
  decide(aSnapshot({ services: [DNS, WEB], allocations: RECORDS, ...fields }));
const portsOf = ({ forwarding }: Decision) => forwarding.ports.map(({ protocol, port }) => `${protocol} ${port}`);

describe("an address that Services share", () => {
  it("is announced once, and the ports of all are forwarded, the first holder's first", () => {
    const decision = shared();
    expect(announced(decision.plan)).to.deep.equal([
      {
        address: VIP,
        services: [
          { namespace: "default", name: "web", uid: "uid-web" },
          { namespace: "default", name: "dns", uid: "uid-dns" },
        ],
        nodes: new Map(["n1", "n2", "n3"].map((node) => [node, { links: [[ANY_LINK], [ANY_LINK]], weight: 0 }])),
      },
    ]);
    expect(portsOf(decision)).to.deep.equal(["TCP 80", "UDP 53"]);
  });

  it("is announced from the nodes that all of them may be announced from", () => {
    const endpoints = [
      endpointsOf([anEndpoint("10.0.0.2", "n2"), anEndpoint("10.0.0.1", "n1")]),
      endpointsOf([anEndpoint("10.0.0.2", "n2"), anEndpoint("10.0.0.3", "n3")], {
        service: "dns",
        portName: "dns",
        protocol: "UDP",
      }),
    ];
    const services = [WEB, DNS].map((service) => ({ ...service, externalTrafficPolicy: "Local" as const }));
    const [address] = announced(shared({ services, endpoints }).plan);
    expect([...(address?.nodes.keys() ?? [])]).to.deep.equal(["n2"]);
    expect(address?.refusal).to.deep.equal({ code: "NoLocalEndpoints", nodes: ["n2", "n3"] });
  });

  it("is announced on links that each of them may be announced on, and the weights of all add up", () => {
    const named = (...interfaces: string[]) => ({ ...ANY_LINK, interfaces });
    const by = (name: string, links: LinkSelector, weight: number) => {
      const everything = { matchLabels: {}, matchExpressions: [] };
      return anAdvertisement({
        name,
        links,
        serviceSelectors: [{ ...everything, matchLabels: { app: name } }],
        preferredNodes: [{ weight, selector: everything }],
      });
    };
    const services = [
      { ...WEB, labels: { app: "web" } },
      { ...DNS, labels: { app: "dns" } },
    ];
    const advertisements = [by("web", named("eth0", "eth1"), 3), by("dns", named("eth1"), 4)];
    const [address] = announced(shared({ services, advertisements }).plan);
    expect(address?.nodes.get("n1")).to.deep.equal({ links: [[named("eth0", "eth1")], [named("eth1")]], weight: 7 });
  });

  it("stays announced for all that may share it when its record is lost", () => {
    expect(portsOf(shared({ allocations: [] }))).to.deep.equal(["TCP 80", "UDP 53"]);
    const stranger = { ...DNS, sharingKey: "" };
    expect(portsOf(shared({ allocations: [], services: [WEB, stranger] }))).to.deep.equal(["TCP 80"]);
  });
});
