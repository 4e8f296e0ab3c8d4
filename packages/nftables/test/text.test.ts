import { expect } from "chai";
import { changeStatements } from "../src/changes.ts";
import {
  block,
  concat,
  quoteDevice,
  removeTableStatements,
  tableStatement,
  UnsupportedLinkError,
} from "../src/text.ts";

const TABLE = { family: "inet", name: "t" } as const;

describe("nftables text", () => {
  it("joins the fields of a concatenation", () =>
    expect(concat("192.0.2.1", "tcp", 80)).to.equal("192.0.2.1 . tcp . 80"));

  it("quotes the name of a link", () => expect(quoteDevice("eth0.7")).to.equal('"eth0.7"'));

  for (const name of ['a"b', "a\nb", "a b", "a\\b", "a*", "", "sixteen-letters-", "\u00e4"]) {
    it(`refuses to quote ${JSON.stringify(name)}`, () =>
      expect(() => quoteDevice(name)).to.throw(UnsupportedLinkError, "1 to 15 printable characters"));
  }

  it("indents the parts of a table", () =>
    expect(tableStatement(TABLE, [block("chain a", ["accept"])])).to.equal(
      "table inet t {\n\tchain a {\n\t\taccept\n\t}\n}",
    ));

  it("removes a table that may be absent", () =>
    expect(removeTableStatements(TABLE)).to.equal("table inet t\ndelete table inet t"));

  it("deletes from every set before it adds to any", () =>
    expect(
      changeStatements(
        TABLE,
        new Map([
          ["a", { deleted: ["1"], added: new Map([["2", undefined]]) }],
          ["b", { deleted: ["3", "4"], added: new Map([["3", "x"]]) }],
        ]),
      ),
    ).to.equal(
      "delete element inet t a { 1 }\ndelete element inet t b { 3, 4 }\nadd element inet t a { 2 }\nadd element inet t b { 3 : x }",
    ));

  it("is empty for no changes", () => expect(changeStatements(TABLE, new Map())).to.equal(""));
});
