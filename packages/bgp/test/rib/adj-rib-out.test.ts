import { type Family, type Prefix, parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import type { PathAttribute } from "../../src/packet/attribute.ts";
import type { UpdateMessage } from "../../src/packet/message.ts";
import { AdjRibOut } from "../../src/rib/adj-rib-out.ts";
import type { Path, Route } from "../../src/rib/route.ts";
import { EXTERNAL } from "../packet/decoding.ts";
import { Table, tableOf } from "./table.ts";

const IPV4_HOP = { address: parseAddress("192.0.2.21") };
const IPV6_HOP = { address: parseAddress("fd00:b9::21"), linkLocal: parseAddress("fe80::21") };
const USUAL: readonly PathAttribute[] = [
  { kind: "origin", origin: "igp" },
  { kind: "asPath", segments: [{ kind: "sequence", asns: [64512] }] },
];
const med = (metric: number): readonly PathAttribute[] => [...USUAL, { kind: "multiExitDisc", metric }];
const VIA_IPV4: Path = { nextHop: IPV4_HOP, attributes: USUAL };
const VIA_IPV6: Path = { nextHop: IPV6_HOP, attributes: USUAL };

/** The host route to an address of 198.18.0.0/15 or 2001:db8::/32. */
function host(family: Family, index: number): Prefix {
  const base = family === 4 ? 0xc6120000n : 0x20010db8n << 96n;
  return { address: { family, value: base + BigInt(index) }, length: family === 4 ? 32 : 128 };
}

function hosts(family: Family, count: number, path = family === 4 ? VIA_IPV4 : VIA_IPV6): Route[] {
  return Array.from({ length: count }, (_, i) => ({ prefix: host(family, i), path }));
}

/** All that is due, taken out and applied; octets of each UPDATE. */
function drain(rib: AdjRibOut, table: Table): number[] {
  const lengths: number[] = [];
  for (let update = rib.next(); update !== undefined; update = rib.next()) lengths.push(table.apply(update));
  return lengths;
}

function ribWith(routes: readonly Route[]): { rib: AdjRibOut; table: Table } {
  const rib = new AdjRibOut(EXTERNAL);
  const table = new Table(EXTERNAL);
  rib.want(routes);
  drain(rib, table);
  return { rib, table };
}

function only(rib: AdjRibOut): UpdateMessage {
  const update = rib.next();
  if (update === undefined) throw new Error("nothing was due");
  expect(rib.next()).to.equal(undefined);
  return update;
}

/** Octets around the prefixes of an UPDATE: header, lengths, attributes. */
const PACKED = [
  { family: 4, path: VIA_IPV4, around: 23 + 4 + 9 + 7, each: 5 },
  { family: 4, path: VIA_IPV6, around: 23 + 4 + 9 + 4 + 4 + 32 + 1, each: 5 },
  { family: 6, path: VIA_IPV6, around: 23 + 4 + 9 + 4 + 4 + 32 + 1, each: 17 },
] as const;

describe("the Adj-RIB-Out", () => {
  for (const { family, path, around, each } of PACKED) {
    it(`packs IPv${family} routes via IPv${path.nextHop.address.family} as tight as it gets`, () => {
      const rib = new AdjRibOut(EXTERNAL);
      const table = new Table(EXTERNAL);
      const routes = hosts(family, 5000, path);
      rib.want(routes);
      const lengths = drain(rib, table);
      const inOne = Math.floor((4096 - around) / each);
      expect(lengths).to.have.length(Math.ceil(5000 / inOne));
      expect(lengths.slice(0, -1).every((length) => length === around + inOne * each)).to.equal(true);
      expect(table.routes).to.deep.equal(tableOf(routes));
    });

    it(`withdraws IPv${family} routes via IPv${path.nextHop.address.family} as tight as it gets`, () => {
      const { rib, table } = ribWith(hosts(family, 5000, path));
      rib.want([]);
      const lengths = drain(rib, table);
      const around = path === VIA_IPV4 ? 23 : 23 + 4 + 3;
      expect(lengths).to.have.length(Math.ceil(5000 / Math.floor((4096 - around) / each)));
      expect(table.routes.size).to.equal(0);
      expect(rib.sent(family)).to.equal(0);
    });
  }

  it("puts routes with equal attributes into one UPDATE, be they the same object or not", () => {
    const rib = new AdjRibOut(EXTERNAL);
    for (let i = 0; i < 10; i++) rib.announce({ prefix: host(4, i), path: { nextHop: IPV4_HOP, attributes: med(5) } });
    expect(only(rib).nlri).to.have.length(10);
  });

  it("sends one UPDATE for a changed route, and no withdrawal before it", () => {
    const { rib, table } = ribWith(hosts(4, 100));
    rib.announce({ prefix: host(4, 7), path: { nextHop: IPV4_HOP, attributes: med(5) } });
    const update = only(rib);
    expect(update).to.have.property("withdrawnRoutes").that.is.empty;
    expect(update.nlri).to.deep.equal([host(4, 7)]);
    table.apply(update);
    expect(rib.sent(4)).to.equal(100);
  });

  it("sends nothing for what the peer has", () => {
    const { rib } = ribWith(hosts(4, 100));
    rib.want(hosts(4, 100));
    rib.announce({ prefix: host(4, 7), path: { ...VIA_IPV4 } });
    rib.withdraw(host(4, 100));
    expect(rib.next()).to.equal(undefined);
  });

  it("sends nothing for a route that comes and goes before its turn", () => {
    const rib = new AdjRibOut(EXTERNAL);
    rib.announce({ prefix: host(4, 1), path: VIA_IPV4 });
    rib.withdraw(host(4, 1));
    expect(rib.next()).to.equal(undefined);
  });

  it("sends nothing for a route that goes and comes back before its turn", () => {
    const { rib } = ribWith(hosts(4, 1));
    rib.withdraw(host(4, 0));
    rib.announce({ prefix: host(4, 0), path: VIA_IPV4 });
    expect(rib.next()).to.equal(undefined);
  });

  it("withdraws before it announces", () => {
    const { rib } = ribWith(hosts(6, 1));
    rib.announce({ prefix: host(4, 0), path: VIA_IPV4 });
    rib.withdraw(host(6, 0));
    expect(rib.next()).to.have.deep.property("attributes", [{ kind: "mpUnreach", family: 6, withdrawn: [host(6, 0)] }]);
    expect(only(rib).nlri).to.deep.equal([host(4, 0)]);
  });

  it("withdraws from where a route was announced, wherever it was to go next", () => {
    const { rib, table } = ribWith(hosts(4, 1));
    rib.announce({ prefix: host(4, 0), path: VIA_IPV6 });
    rib.withdraw(host(4, 0));
    const update = only(rib);
    expect(update.withdrawnRoutes).to.deep.equal([host(4, 0)]);
    table.apply(update);
  });

  it("ends each family, also an empty one, after what is due of it", () => {
    const rib = new AdjRibOut(EXTERNAL);
    const table = new Table(EXTERNAL);
    rib.endOfRib(4);
    rib.endOfRib(6);
    rib.want(hosts(6, 1));
    drain(rib, table);
    expect(table.endsOfRib).to.deep.equal(["IPv4 after 0 routes", "IPv6 after 1 routes"]);
    expect(rib.next()).to.equal(undefined);
  });

  it("sends a family again, without what is to leave and with what changed meanwhile", () => {
    const { rib } = ribWith([...hosts(4, 3), ...hosts(6, 3)]);
    rib.withdraw(host(4, 0));
    rib.sendAgain(4);
    rib.announce({ prefix: host(4, 1), path: { nextHop: IPV4_HOP, attributes: med(5) } });
    rib.announce({ prefix: host(4, 1), path: VIA_IPV4 });
    expect(rib.next()).to.have.deep.property("withdrawnRoutes", [host(4, 0)]);
    const { nlri } = only(rib);
    expect(nlri).to.have.deep.members([host(4, 1), host(4, 2)]);
  });

  it("sends a family again once for each time", () => {
    const { rib } = ribWith(hosts(4, 1));
    for (const _time of ["first", "second"]) {
      rib.sendAgain(4);
      expect(only(rib).nlri).to.deep.equal([host(4, 0)]);
      rib.announce({ prefix: host(4, 0), path: VIA_IPV4 });
      expect(rib.next()).to.equal(undefined);
    }
  });

  it("sends a route again for another next hop alone", () => {
    const { rib } = ribWith([...hosts(4, 1), ...hosts(6, 1)]);
    const nextHop = { address: parseAddress("192.0.2.22") };
    rib.announce({ prefix: host(4, 0), path: { ...VIA_IPV4, nextHop } });
    expect(only(rib).attributes).to.deep.include({ kind: "nextHop", ...nextHop });
    const linkLocal = parseAddress("fe80::22");
    rib.announce({ prefix: host(6, 0), path: { ...VIA_IPV6, nextHop: { ...IPV6_HOP, linkLocal } } });
    expect(only(rib)).to.have.nested.property("attributes[0].nextHop.linkLocal", linkLocal);
  });

  it("sends each community once, in ascending order, and no attribute without one", () => {
    const large = (localData2: number) => ({ globalAdministrator: 64512, localData1: 0, localData2 });
    const attributes: PathAttribute[] = [
      ...USUAL,
      { kind: "communities", communities: [0xffff0000, 5, 5] },
      { kind: "extendedCommunities", communities: [] },
      { kind: "largeCommunities", communities: [large(7), large(3), large(7)] },
    ];
    const { rib } = ribWith([]);
    rib.announce({ prefix: host(6, 0), path: { nextHop: IPV6_HOP, attributes } });
    const [, ...sent] = only(rib).attributes;
    expect(sent).to.deep.equal([
      ...USUAL,
      { kind: "communities", communities: [5, 0xffff0000] },
      { kind: "largeCommunities", communities: [large(3), large(7)] },
    ]);
    const same: PathAttribute[] = [...sent, { kind: "communities", communities: [] }];
    rib.announce({ prefix: host(6, 0), path: { nextHop: IPV6_HOP, attributes: same } });
    expect(rib.next()).to.equal(undefined);
  });

  it("passes over a family that was not negotiated", () => {
    const rib = new AdjRibOut({ ...EXTERNAL, families: [4] });
    rib.want(hosts(6, 1));
    rib.announce({ prefix: host(6, 1), path: VIA_IPV6 });
    rib.withdraw(host(6, 1));
    rib.sendAgain(6);
    rib.endOfRib(6);
    expect(rib.next()).to.equal(undefined);
    expect(rib.sent(6)).to.equal(0);
  });

  it("refuses attributes that leave no room for a prefix", () => {
    const rib = new AdjRibOut(EXTERNAL);
    const communities = Array.from({ length: 1010 }, (_, i) => i);
    const path: Path = { nextHop: IPV4_HOP, attributes: [...USUAL, { kind: "communities", communities }] };
    const fill: PathAttribute = { kind: "unknown", type: 99, flags: 0xc0, value: new Uint8Array(3) };
    rib.announce({ prefix: host(4, 0), path });
    expect(only(rib).nlri).to.deep.equal([host(4, 0)]);
    const full: Path = { ...path, attributes: [...path.attributes, fill] };
    expect(() => rib.announce({ prefix: host(4, 1), path: full })).to.throw(
      RangeError,
      "must leave 5 octets of an UPDATE for a prefix, got 3",
    );
    expect(rib.next()).to.equal(undefined);
  });

  it("keeps prefixes of different lengths apart", () => {
    const { rib, table } = ribWith([]);
    const prefixes = ["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/32"].map(parsePrefix);
    for (const prefix of prefixes) rib.announce({ prefix, path: VIA_IPV4 });
    drain(rib, table);
    expect([...table.routes.keys()]).to.deep.equal(["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/32"]);
  });

  describe("after any history, with any pauses", () => {
    const family = fc.constantFrom<Family>(4, 6);
    const prefix = fc.tuple(family, fc.nat(40)).map(([family, index]) => host(family, index));
    const route: fc.Arbitrary<Route> = fc.tuple(prefix, fc.nat(2), fc.boolean()).map(([prefix, metric, viaIpv6]) => {
      const nextHop = prefix.address.family === 6 || viaIpv6 ? IPV6_HOP : IPV4_HOP;
      return { prefix, path: { nextHop, attributes: med(metric) } };
    });
    const step = fc.oneof(
      fc.record({ do: fc.constant("announce" as const), route }),
      fc.record({ do: fc.constant("withdraw" as const), prefix }),
      fc.record({ do: fc.constant("want" as const), routes: fc.array(route, { maxLength: 40 }) }),
      fc.record({ do: fc.constant("sendAgain" as const), family }),
      fc.record({ do: fc.constant("take" as const), count: fc.nat(4) }),
    );

    it("has given the peer exactly the routes wanted", () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const rib = new AdjRibOut(EXTERNAL);
          const table = new Table(EXTERNAL);
          const wanted = new Map<string, Route>();
          const put = (route: Route): void => void wanted.set(keyOf(route.prefix), route);
          for (const step of steps) {
            switch (step.do) {
              case "announce":
                rib.announce(step.route);
                put(step.route);
                break;
              case "withdraw":
                rib.withdraw(step.prefix);
                wanted.delete(keyOf(step.prefix));
                break;
              case "want":
                rib.want(step.routes);
                wanted.clear();
                step.routes.forEach(put);
                break;
              case "sendAgain":
                rib.sendAgain(step.family);
                break;
              case "take":
                for (let i = 0; i < step.count; i++) {
                  const update = rib.next();
                  if (update !== undefined) table.apply(update);
                }
            }
          }
          drain(rib, table);
          expect(table.routes).to.deep.equal(tableOf(wanted.values()));
          expect(rib.sent(4) + rib.sent(6)).to.equal(wanted.size);
        }),
        { numRuns: 500 },
      );
    });

    it("has sent again whatever the peer asked for", () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 30 }), (before, after) => {
          const rib = new AdjRibOut(EXTERNAL);
          const run = (steps: typeof before): void => {
            for (const step of steps) {
              if (step.do === "announce") rib.announce(step.route);
              else if (step.do === "withdraw") rib.withdraw(step.prefix);
            }
          };
          run(before);
          drain(rib, new Table(EXTERNAL));
          rib.sendAgain(4);
          rib.sendAgain(6);
          run(after);
          const again = new Set<string>();
          for (let update = rib.next(); update !== undefined; update = rib.next()) {
            const mp = update.attributes.flatMap((a) => (a.kind === "mpReach" ? a.nlri : []));
            for (const prefix of [...update.nlri, ...mp]) again.add(keyOf(prefix));
          }
          expect(again.size).to.equal(rib.sent(4) + rib.sent(6));
        }),
      );
    });
  });
});

function keyOf({ address, length }: Prefix): string {
  return `${address.family} ${address.value}/${length}`;
}
