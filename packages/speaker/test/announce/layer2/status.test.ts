import { speakerStatus as schema } from "@fairlead/kube";
import type { AgentReport } from "@fairlead/l2";
import { ANY_LINK } from "@fairlead/net";
import { expect } from "chai";
import { layer2Status, refusedAddresses } from "../../../src/announce/layer2/status.ts";
import { decide } from "../../../src/plan/decide.ts";
import { aNode, aService, aSnapshot, VIP } from "../../builders.ts";

const LINK = { name: "eth0", responder: "kernel", neighbors: ["n2"] } as const;
const HOLDING = {
  epoch: 3,
  state: "owned",
  standing: "firm",
  since: 1_000,
  cause: "NoOwner",
  previous: undefined,
} as const;
const NOTHING: AgentReport = { links: [], owned: [], refusals: [], shared: [], conflicts: [], findings: [] };
const CONFLICT = {
  address: VIP,
  link: "eth0",
  mac: "02:00:5e:00:53:99",
  code: "AddressInUse",
  isNew: true,
  since: 2_000,
  seenAt: 3_000,
  times: 2,
  probedAt: 2_500,
} as const;
const MOVE = {
  address: VIP,
  service: "default/web",
  link: "eth0",
  direction: "taken",
  cause: "OwnerSilent",
  peer: "n2",
  at: "1970-01-01T00:00:05.000Z",
  gapMilliseconds: 640,
} as const;
const FINDING = {
  address: VIP,
  code: "WrongMac",
  owner: "n2",
  link: "eth0",
  macs: ["02:00:5e:00:53:99"],
  since: 4_000,
} as const;
const { plan: PLAN } = decide(aSnapshot());
const { plan: EXCLUDED } = decide(aSnapshot({ nodes: [aNode("n1", { networkUnavailable: true })] }));
const NO_INTERFACE = { code: "NoInterface", address: VIP, selectors: [{ ...ANY_LINK, interfaces: ["eth7"] }] } as const;
const LINK_DOWN = { code: "LinkDown", address: VIP, link: "eth0" } as const;

const status = (plan: typeof PLAN, report: AgentReport) =>
  layer2Status(report, {
    refused: refusedAddresses(plan, report.refusals),
    moves: [MOVE],
    known: (address) => plan.addresses.get(address),
    wallClock: (monotonic) => new Date(monotonic).toISOString(),
  });

describe("refusedAddresses", () => {
  for (const { name, plan, refusals, codes } of [
    { name: "nothing when nothing is against an address", plan: PLAN, refusals: [], codes: [] },
    { name: "what the plan says", plan: EXCLUDED, refusals: [], codes: ["NetworkUnavailable"] },
    { name: "what the links say: NoInterface", plan: PLAN, refusals: [NO_INTERFACE], codes: ["NoInterface"] },
    { name: "what the links say: LinkDown", plan: PLAN, refusals: [LINK_DOWN], codes: ["LinkDown"] },
    {
      name: "the plan's reason before that of a link",
      plan: EXCLUDED,
      refusals: [LINK_DOWN],
      codes: ["NetworkUnavailable"],
    },
    {
      name: "nothing of an address that is not planned",
      plan: decide(aSnapshot({ services: [] })).plan,
      refusals: [LINK_DOWN],
      codes: [],
    },
  ]) {
    it(`gives ${name}`, () => {
      const refused = refusedAddresses(plan, refusals);
      expect(refused.map(({ refusal }) => refusal.code)).to.deep.equal(codes);
    });
  }
});

describe("what a status tells of Layer 2", () => {
  it("is its links and what it answers for", () => {
    const report = {
      links: [LINK],
      owned: [{ address: VIP, link: "eth0", holding: HOLDING }],
      refusals: [],
      shared: [{ address: VIP, link: "eth0", parts: 21 }],
      conflicts: [CONFLICT],
      findings: [FINDING],
    };
    expect(status(PLAN, report)).to.deep.equal({
      owned: 1,
      refused: 0,
      links: [LINK],
      moves: [MOVE],
      addresses: [{ address: VIP, service: "default/web", link: "eth0", epoch: 3, since: "1970-01-01T00:00:01.000Z" }],
      refusals: [],
      shared: [{ address: VIP, service: "default/web", link: "eth0", parts: 21 }],
      conflicts: [
        {
          address: VIP,
          service: "default/web",
          link: "eth0",
          mac: "02:00:5e:00:53:99",
          reason: "AddressInUse",
          beforeAnnounced: true,
          since: "1970-01-01T00:00:02.000Z",
        },
      ],
      findings: [
        {
          address: VIP,
          service: "default/web",
          link: "eth0",
          owner: "n2",
          reason: "WrongMac",
          macs: ["02:00:5e:00:53:99"],
          since: "1970-01-01T00:00:04.000Z",
        },
      ],
    });
  });

  it("says why the node is no candidate, in a code and a sentence", () => {
    const { refusals } = status(PLAN, { ...NOTHING, refusals: [LINK_DOWN] });
    expect(refusals).to.deep.equal([
      { address: VIP, service: "default/web", reason: "LinkDown", message: "Link eth0 is down or has no carrier" },
    ]);
  });

  it("has no Service for an address that is being withdrawn", () => {
    const report = { ...NOTHING, owned: [{ address: "192.0.2.99", link: "eth0", holding: HOLDING }] };
    expect(status(PLAN, report).addresses).to.have.nested.property("[0].service", "");
  });

  it("is as its schema wants it", () => {
    const services = [aService(), aService({ name: "six", uid: "uid-six", ingress: ["2001:db8::1"] })];
    const report = {
      links: [LINK],
      owned: [{ address: VIP, link: "eth0", holding: HOLDING }],
      refusals: [NO_INTERFACE],
      shared: [{ address: VIP, link: "eth0", parts: 21 }],
      conflicts: [CONFLICT],
      findings: [FINDING],
    };
    const written = status(decide(aSnapshot({ services, allocations: [] })).plan, report);
    expect(schema.status.shape.layer2.unwrap().strict().parse(written)).to.deep.equal(written);
  });
});
