import { formatPrefix, parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { isCandidate, subnetsOf } from "../../src/ownership/candidates.ts";

describe("isCandidate", () => {
  const rows = [
    { name: "a node that is named and has the subnet", node: "a", needsSubnet: true, subnet: "192.0.2.0/24", is: true },
    { name: "a node that is not named", node: "b", needsSubnet: true, subnet: "192.0.2.0/24", is: false },
    { name: "a node with another subnet", node: "a", needsSubnet: true, subnet: "192.0.3.0/24", is: false },
    {
      name: "a node with another subnet where none is needed",
      node: "a",
      needsSubnet: false,
      subnet: "192.0.3.0/24",
      is: true,
    },
    { name: "a node with a subnet of the other family", node: "a", needsSubnet: true, subnet: "::/0", is: false },
  ];
  for (const { name, node, needsSubnet, subnet, is } of rows) {
    it(`says ${is ? "yes" : "no"} to ${name}`, () => {
      const candidates = { nodes: new Set(["a"]), needsSubnet };
      expect(isCandidate(parseAddress("192.0.2.50"), candidates, node, [parsePrefix(subnet)])).to.equal(is);
    });
  }
});

describe("subnetsOf", () => {
  const subnets = (...texts: string[]) => subnetsOf(texts.map(parsePrefix)).map(formatPrefix);

  it("names each subnet once, without host bits", () =>
    expect(subnets("192.0.2.7/24", "2001:db8::7/64", "192.0.2.8/24")).to.deep.equal(["192.0.2.0/24", "2001:db8::/64"]));

  it("puts single addresses last, and has no more than a heartbeat carries", () => {
    const singles = Array.from({ length: 30 }, (_, i) => `198.51.100.${i}/32`);
    const all = subnets(...singles, "192.0.2.7/24");
    expect(all[0]).to.equal("192.0.2.0/24");
    expect(all).to.have.length(16);
  });
});
