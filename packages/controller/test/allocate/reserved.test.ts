import type { NodeInfo, NodeNetworks } from "@fairlead/model";
import { formatRange, parseAddress, parsePrefix, parseRange, rangeContains } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { reservedRanges } from "../../src/allocate/reserved.ts";

const node = (addresses: readonly string[], pods: readonly string[] = []): NodeInfo => ({
  name: "n1",
  labels: {},
  ready: true,
  networkUnavailable: false,
  internalAddresses: [],
  addresses: addresses.map(parseAddress),
  podRanges: pods.map(parseRange),
});
const networks = (subnets: readonly string[], gateways: readonly string[] = []): NodeNetworks => ({
  name: "n1",
  subnets: subnets.map(parsePrefix),
  gateways: gateways.map(parseAddress),
  macs: [],
  strangers: [],
  answers: new Set(),
});
const said = (...args: Parameters<typeof reservedRanges>) =>
  reservedRanges(...args).map(({ range, what, of }) => `${formatRange(range)} ${what} ${of}`);

describe("reservedRanges", () => {
  for (const [what, subnet, ranges] of [
    [
      "a /24",
      "192.0.2.7/24",
      [
        "192.0.2.7 NodeAddress n1",
        "192.0.2.0 NetworkAddress 192.0.2.0/24",
        "192.0.2.255 BroadcastAddress 192.0.2.0/24",
      ],
    ],
    [
      "a /30",
      "192.0.2.5/30",
      ["192.0.2.5 NodeAddress n1", "192.0.2.4 NetworkAddress 192.0.2.4/30", "192.0.2.7 BroadcastAddress 192.0.2.4/30"],
    ],
    ["a /31 (RFC 3021)", "192.0.2.5/31", ["192.0.2.5 NodeAddress n1"]],
    ["a /32", "192.0.2.5/32", ["192.0.2.5 NodeAddress n1"]],
    ["a /64", "2001:db8::5/64", ["2001:db8::5 NodeAddress n1", "2001:db8:: NetworkAddress 2001:db8::/64"]],
    ["a /127 (RFC 6164)", "2001:db8::5/127", ["2001:db8::5 NodeAddress n1"]],
    ["a link-local subnet", "fe80::1/64", []],
    ["the loopback subnet", "127.0.0.1/8", []],
    ["an IPv4 link-local subnet", "169.254.7.7/16", []],
  ] as const) {
    it(`are, of ${what}, what it needs for itself`, () =>
      expect(said([], [networks([subnet])], [])).to.deep.equal(ranges));
  }

  it("are those of nodes, routers, pods and cluster addresses", () =>
    expect(
      said(
        [node(["192.0.2.1"], ["10.244.1.0/24"])],
        [networks([], ["192.0.2.254", "fe80::1"])],
        [{ name: "kubernetes", ranges: [parseRange("10.96.0.0/16")] }],
      ),
    ).to.deep.equal([
      "192.0.2.1 NodeAddress n1",
      "10.244.1.0-10.244.1.255 PodRange n1",
      "192.0.2.254 Gateway n1",
      "10.96.0.0-10.96.255.255 ServiceRange kubernetes",
    ]));

  it("are named once, however many say so", () =>
    expect(said([node(["192.0.2.1"])], [networks(["192.0.2.1/32", "192.0.2.1/32"])], [])).to.deep.equal([
      "192.0.2.1 NodeAddress n1",
    ]));

  it("have of an IPv4 subnet exactly its node's address and, of four or more addresses, its ends", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }), (host, length) => {
        const found = reservedRanges([], [networks([`192.0.2.${host}/${length}`])], []);
        const size = 2 ** (32 - length);
        const first = Math.floor(host / size) * size;
        for (let last = 0; last < 256; last++) {
          const expected = last === host || (size >= 4 && (last === first || last === first + size - 1));
          const address = parseAddress(`192.0.2.${last}`);
          expect(found.some(({ range }) => rangeContains(range, address))).to.equal(expected);
        }
      }),
    ));
});
