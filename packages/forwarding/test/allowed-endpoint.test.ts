import { parseAddress, rangeContains } from "@fairlead/net";
import { expect } from "chai";
import { FORBIDDEN_ENDPOINTS, isAllowedEndpoint } from "../src/allowed-endpoint.ts";

const FORBIDDEN = [
  ...["0.0.0.0", "::"],
  ...["127.0.0.0", "127.255.255.255", "::1"],
  ...["169.254.0.0", "169.254.255.255", "fe80::1", "febf::1"],
  ...["224.0.0.0", "224.0.0.255", "ff02::1"],
];
const ALLOWED = [
  ...["0.0.0.1", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "224.0.1.0"],
  ...["::2", "fe7f::1", "fec0::1", "ff03::1", "10.244.1.10", "fd44::10"],
];

describe("an endpoint", () => {
  for (const address of FORBIDDEN) {
    it(`may not be at ${address}`, () => expect(isAllowedEndpoint(parseAddress(address))).to.equal(false));
  }
  for (const address of ALLOWED) {
    it(`may be at ${address}`, () => expect(isAllowedEndpoint(parseAddress(address))).to.equal(true));
  }

  it("has a row here for each range where it may not be", () => {
    const covered = FORBIDDEN_ENDPOINTS.filter((range) => {
      return FORBIDDEN.some((address) => rangeContains(range, parseAddress(address)));
    });
    expect(covered).to.deep.equal(FORBIDDEN_ENDPOINTS);
  });
});
