import { parseAddress } from "@fairlead/net";
import { toHex } from "@fairlead/testing";
import { expect } from "chai";
import { encodeMd5Signature } from "../../src/packet/md5-signature.ts";
import { encodeSocketAddress } from "../../src/packet/sockaddr.ts";

describe("socket addresses", () => {
  it("are sockaddr_in for IPv4", () =>
    expect(toHex(encodeSocketAddress(parseAddress("192.0.2.1"), 179))).to.equal("020000b3c00002010000000000000000"));
  it("are sockaddr_in6 for IPv6, with the link's index", () =>
    expect(toHex(encodeSocketAddress(parseAddress("fe80::1"), 179, 7))).to.equal(
      "0a0000b300000000fe80000000000000000000000000000107000000",
    ));
});

describe("keys of TCP-MD5", () => {
  it("are struct tcp_md5sig: the peer, the length at 130, the key at 136, 216 octets in all", () => {
    const octets = encodeMd5Signature(parseAddress("192.0.2.1"), Uint8Array.of(1, 2, 3));
    expect(octets.length).to.equal(216);
    expect(toHex(octets.slice(0, 8))).to.equal("02000000c0000201");
    expect([...octets.slice(128, 140)]).to.deep.equal([0, 0, 3, 0, 0, 0, 0, 0, 1, 2, 3, 0]);
  });
});
