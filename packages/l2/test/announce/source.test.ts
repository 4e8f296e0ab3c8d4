import { formatAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { ipv6Source } from "../../src/announce/source.ts";

const ROWS = [
  {
    name: "the link-local address before others",
    prefixes: ["192.0.2.1/24", "2001:db8::1/64", "fe80::1/64"],
    source: "fe80::1",
  },
  {
    name: "the first one where none is link-local",
    prefixes: ["192.0.2.1/24", "2001:db8::1/64", "fd00::1/64"],
    source: "2001:db8::1",
  },
  { name: "none without IPv6", prefixes: ["192.0.2.1/24"], source: undefined },
];

describe("ipv6Source", () => {
  for (const { name, prefixes, source } of ROWS) {
    it(`takes ${name}`, () => {
      const address = ipv6Source(prefixes.map(parsePrefix));
      expect(address && formatAddress(address)).to.equal(source);
    });
  }
});
