import { parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import { placePorts, samePlacement } from "../src/placement.ts";
import type { ForwardedPort } from "../src/table.ts";
import { aPort, aTable, here, there } from "./builders.ts";

const SERVED = aPort({ nodePort: 30080, endpoints: [there("10.244.2.10")] });
const SECOND_VIP = { ...SERVED, vip: parseAddress("198.51.100.11") };

describe("Placement of ports", () => {
  const rows = [
    { name: "nodePort for a port with a NodePort and an endpoint", ports: [SERVED], modes: ["nodePort"] },
    { name: "direct without a NodePort", ports: [aPort({ endpoints: SERVED.endpoints })], modes: ["direct"] },
    { name: "direct without an endpoint", ports: [{ ...SERVED, endpoints: [] }], modes: ["direct"] },
    { name: "direct for the second VIP of a NodePort", ports: [SERVED, SECOND_VIP], modes: ["nodePort", "direct"] },
    {
      name: "nodePort for the same NodePort of another protocol or family",
      ports: [SERVED, { ...SECOND_VIP, protocol: "UDP" as const }, { ...SERVED, vip: parseAddress("fdee::10") }],
      modes: ["nodePort", "nodePort", "nodePort"],
    },
    { name: "the first of two equal ports", ports: [SERVED, { ...SERVED, endpoints: [] }], modes: ["nodePort"] },
  ];
  for (const { name, ports, modes } of rows) {
    it(`is ${name}`, () =>
      expect([...placePorts(aTable(ports, { mode: "nodePort" })).values()].map(({ mode }) => mode)).to.deep.equal(
        modes,
      ));
  }

  it("is direct for a family of which the node has no address", () => {
    const table = aTable([SERVED], { mode: "nodePort", nodeAddresses: [parseAddress("fd50::11")] });
    expect([...placePorts(table).values()].map(({ mode }) => mode)).to.deep.equal(["direct"]);
  });

  it("is nothing in mode none", () => expect(placePorts(aTable([SERVED], { mode: "none" })).size).to.equal(0));

  it("is direct for everything in mode direct", () =>
    expect([...placePorts(aTable([SERVED])).values()].map(({ mode }) => mode)).to.deep.equal(["direct"]));

  const changes: readonly Partial<ForwardedPort>[] = [
    { nodePort: 30081 },
    { policy: "Local" },
    { affinity: "ClientIP" },
    { sourceRanges: [parseRange("10.0.0.0/8")] },
    { endpoints: [] },
    { endpoints: [there("10.244.2.11")] },
    { endpoints: [there("10.244.2.10", 9090)] },
    { endpoints: [here("10.244.2.10")] },
  ];
  for (const change of changes) {
    it(`differs by ${Object.keys(change)[0]} (${changes.indexOf(change) + 1})`, () =>
      expect(samePlacement(placed(SERVED), placed({ ...SERVED, ...change }))).to.equal(false));
  }

  it("does not differ by identity", () =>
    expect(samePlacement(placed(SERVED), placed({ ...SERVED, endpoints: [there("10.244.2.10")] }))).to.equal(true));
});

function placed(port: ForwardedPort): { port: ForwardedPort; mode: "nodePort" } {
  return { port, mode: "nodePort" };
}
