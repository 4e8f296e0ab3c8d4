import { parseAddress } from "@fairlead/net";
import { expect } from "chai";
import { endpointRefusal, REFUSED_ENDPOINT_RANGES } from "../src/refusal.ts";

const ROWS = [
  { address: "0.0.0.0", refusal: "EndpointNotAllowedUnspecified" },
  { address: "::", refusal: "EndpointNotAllowedUnspecified" },
  { address: "127.0.0.0", refusal: "EndpointNotAllowedLoopback" },
  { address: "127.255.255.255", refusal: "EndpointNotAllowedLoopback" },
  { address: "::1", refusal: "EndpointNotAllowedLoopback" },
  { address: "169.254.0.0", refusal: "EndpointNotAllowedLinkLocal" },
  { address: "169.254.255.255", refusal: "EndpointNotAllowedLinkLocal" },
  { address: "fe80::1", refusal: "EndpointNotAllowedLinkLocal" },
  { address: "febf::1", refusal: "EndpointNotAllowedLinkLocal" },
  { address: "224.0.0.0", refusal: "EndpointNotAllowedLinkLocalMulticast" },
  { address: "224.0.0.255", refusal: "EndpointNotAllowedLinkLocalMulticast" },
  { address: "ff02::1", refusal: "EndpointNotAllowedLinkLocalMulticast" },
  ...["0.0.0.1", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "224.0.1.0"].map(allowed),
  ...["::2", "fe7f::1", "fec0::1", "ff03::1", "10.244.1.10", "fd44::10"].map(allowed),
];

describe("Refusal of endpoints", () => {
  for (const { address, refusal } of ROWS) {
    it(`of ${address} is ${refusal}`, () => expect(endpointRefusal(parseAddress(address))).to.equal(refusal));
  }

  it("has a row for both families of every reason", () => {
    const seen = ROWS.flatMap(({ address, refusal }) =>
      refusal ? [`${refusal} ${parseAddress(address).family}`] : [],
    );
    const all = REFUSED_ENDPOINT_RANGES.map(({ range, refusal }) => `${refusal} ${range.family}`);
    expect(new Set(seen)).to.deep.equal(new Set(all));
  });
});

function allowed(address: string): { address: string; refusal: undefined } {
  return { address, refusal: undefined };
}
