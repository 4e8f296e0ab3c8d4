import { parseAuditLog } from "@fairlead/testing";
import { expect } from "chai";

describe("an audit log", () => {
  const line = JSON.stringify({ user: { username: "a" }, verb: "get", objectRef: { resource: "pods" } });

  it("is read line by line", () => {
    expect(parseAuditLog(`${line}\n${line}\n`).map(({ verb }) => verb)).to.deep.equal(["get", "get"]);
  });

  it("is read without a last line that is still being written", () => {
    expect(parseAuditLog(`${line}\n${line.slice(0, 20)}`)).to.have.length(1);
  });

  it("is empty at first", () => {
    expect(parseAuditLog("")).to.deep.equal([]);
  });
});
