import { expect } from "chai";
import { decide } from "../src/decide.ts";
import type { Snapshot } from "../src/snapshot.ts";
import { anAdvertisement, anAllocation, anEndpoint, aService, aSnapshot, endpointsOf, VIP } from "./builders.ts";

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
const portsOf = ({ forwarding }: ReturnType<typeof decide>) =>
  forwarding.ports.map(({ protocol, port }) => `${protocol} ${port}`);

describe("an address that Services share", () => {
  it("is announced once, and the ports of all are forwarded, the first holder's first", () => {
    const plan = shared();
    expect(plan.addresses).to.deep.equal([
      {
        address: VIP,
        service: "default/web",
        serviceUid: "uid-web",
        sharers: [{ service: "default/dns", serviceUid: "uid-dns" }],
        nodes: new Set(["n1", "n2", "n3"]),
        interfaces: [],
      },
    ]);
    expect(portsOf(plan)).to.deep.equal(["TCP 80", "UDP 53"]);
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
    const [address] = shared({ services, endpoints }).addresses;
    expect(address?.nodes).to.deep.equal(new Set(["n2"]));
    expect(address?.refusal).to.deep.equal({ code: "NoLocalEndpoints", nodes: ["n2", "n3"] });
  });

  it("is announced on the links that all of them may be announced on", () => {
    const by = (name: string, interfaces: string[]) =>
      anAdvertisement({
        name,
        interfaces,
        serviceSelectors: [{ matchLabels: { app: name }, matchExpressions: [] }],
      });
    const services = [
      { ...WEB, labels: { app: "web" } },
      { ...DNS, labels: { app: "dns" } },
    ];
    const on = (web: string[], dns: string[]) =>
      shared({ services, advertisements: [by("web", web), by("dns", dns)] }).addresses[0];
    expect(on(["eth0", "eth1"], ["eth1"])?.interfaces).to.deep.equal(["eth1"]);
    expect(on([], ["eth1"])?.interfaces).to.deep.equal(["eth1"]);
    expect(on(["eth0"], ["eth1"])?.refusal?.code).to.equal("NoInterface");
  });

  it("stays announced for all that may share it when its record is lost", () => {
    expect(portsOf(shared({ allocations: [] }))).to.deep.equal(["TCP 80", "UDP 53"]);
    const stranger = { ...DNS, sharingKey: "" };
    expect(portsOf(shared({ allocations: [], services: [WEB, stranger] }))).to.deep.equal(["TCP 80"]);
  });
});
