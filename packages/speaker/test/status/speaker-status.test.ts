import { speakerStatus as schema } from "@fairlead/kube";
import { parseAddress, parsePrefix } from "@fairlead/net";
import { VERSION } from "@fairlead/runtime";
import { expect } from "chai";
import { z } from "zod";
import { decide } from "../../src/plan/decide.ts";
import { speakerStatus } from "../../src/status/speaker-status.ts";
import { aSnapshot } from "../builders.ts";

const LINK = {
  index: 2,
  name: "eth0",
  mac: "02:00:5e:00:53:01",
  mtu: 1_500,
  up: true,
  loopback: false,
  noArp: false,
  addresses: [parsePrefix("192.0.2.1/24")],
  gateways: [parseAddress("192.0.2.254")],
} as const;
const FACTS = {
  startedAt: "2026-01-01T00:00:00.000Z",
  settings: {
    loadBalancerClass: "fairlead.dev/fairlead",
    unclassed: true,
    responder: "auto",
    detectionMilliseconds: 600,
  },
  links: [LINK],
  nodes: [{ node: "n3", reason: "NodeLost", since: 6_000, message: "No sign of life" }],
  wallClock: (monotonic: number) => new Date(monotonic).toISOString(),
} as const;

describe("what a status tells whatever the way to announce", () => {
  it("is what the speaker was started with, what it forwards, its links and the other nodes", () => {
    const written = speakerStatus(decide(aSnapshot()).plan, FACTS);
    expect(written).to.deep.equal({
      version: VERSION,
      startedAt: FACTS.startedAt,
      options: FACTS.settings,
      forwarding: { mode: "direct", ports: 1 },
      links: [{ name: "eth0", mac: LINK.mac, up: true, subnets: ["192.0.2.1/24"], gateways: ["192.0.2.254"] }],
      nodes: [{ name: "n3", reason: "NodeLost", since: "1970-01-01T00:00:06.000Z", message: "No sign of life" }],
    });
    expect(z.strictObject(schema.status.shape).parse(written)).to.deep.equal(written);
  });

  for (const [what, fields] of [
    ["loopback", { loopback: true }],
    ["without ARP", { noArp: true }],
    ["part of a bridge", { master: 7 }],
  ] as const) {
    it(`has no link that nothing can be announced on: ${what}`, () => {
      const links = [LINK, { ...LINK, index: 3, name: "other", ...fields }];
      const { links: written } = speakerStatus(decide(aSnapshot()).plan, { ...FACTS, links });
      expect(written).to.have.length(1);
    });
  }
});
