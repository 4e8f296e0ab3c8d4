import { parseTables } from "@fairlead/nftables";
import { expect } from "chai";
import { removeLeftTables } from "../src/left-tables.ts";

const LISTING = `table ip fairlead-l2-2
table ip nat
table ip6 fairlead-l2-2
table inet fairlead
table inet fairlead-lb
table netdev fairlead-l2-12
table netdev fairlead-l2-
table netdev fairlead-l2-eth0
table bridge fairlead-l2-2
table ip fairlead
table unheard fairlead-l2-2
`;

describe("removeLeftTables", () => {
  it("removes the tables of speakers, whichever links they were for, and nobody else's", () => {
    expect(removeLeftTables(parseTables(LISTING)).split("\n")).to.deep.equal([
      "delete table ip fairlead-l2-2",
      "delete table ip6 fairlead-l2-2",
      "delete table inet fairlead",
      "delete table netdev fairlead-l2-12",
      "",
    ]);
  });

  it("is empty when there is nothing", () => expect(removeLeftTables(parseTables("table ip nat\n"))).to.equal(""));
});
