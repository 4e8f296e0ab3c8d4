import { expect } from "chai";
import { macOf, nodePlan, podAddress, podNetworks } from "../src/lab-plan.ts";

describe("the plan of the laboratory", () => {
  it("derives a locally administered MAC from the IPv4 address", () =>
    expect(macOf("192.168.50.11")).to.equal("02:00:c0:a8:32:0b"));

  it("puts nodes at .11 and up", () =>
    expect(nodePlan(3)).to.deep.include({ lan: { ipv4: "192.168.50.13", ipv6: "fd50::13" }, management: "10.0.0.13" }));

  it("takes pod addresses from the node's pod networks", () => {
    expect(podNetworks(2)).to.deep.equal({ ipv4: "10.244.2.0/24", ipv6: "fd44:0:0:2::/64" });
    expect(podAddress(2, 10)).to.deep.equal({ ipv4: "10.244.2.10", ipv6: "fd44:0:0:2::10" });
  });
});
