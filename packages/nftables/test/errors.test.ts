import { expect } from "chai";
import { nftExitError } from "../src/errors.ts";

const ROWS = [
  {
    name: "a refused element",
    exit: {
      status: 1,
      signal: undefined,
      stderr: "/dev/stdin:2:9-9: Error: Could not process rule: File exists\nadd b\n",
    },
    kind: "Refused",
    line: 2,
    message: "status 1 at line 2 (add b): Could not process rule: File exists",
  },
  {
    name: "no privilege while loading",
    exit: {
      status: 1,
      signal: undefined,
      stderr: "/dev/stdin:1:1-5: Error: Could not process rule: Operation not permitted\n",
    },
    kind: "NotPermitted",
    line: undefined,
    message: "CAP_NET_ADMIN is needed, got Could not process rule: Operation not permitted",
  },
  {
    name: "no privilege before loading",
    exit: {
      status: 1,
      signal: undefined,
      stderr: "netlink: Error: cache initialization failed: Operation not permitted\n",
    },
    kind: "NotPermitted",
    line: undefined,
    message: "cache initialization failed",
  },
  {
    name: "an error inside nft",
    exit: { status: 1, signal: undefined, stderr: "internal:0:0-0: Error: conflicting protocols specified\n" },
    kind: "Refused",
    line: undefined,
    message: "status 1: conflicting protocols specified",
  },
  {
    name: "a crash",
    exit: { status: undefined, signal: "SIGSEGV", stderr: "" },
    kind: "Refused",
    line: undefined,
    message: "it ended by SIGSEGV: no message",
  },
];

describe("nft exit", () => {
  for (const { name, exit, kind, line, message } of ROWS) {
    it(`says ${kind} after ${name}`, () => {
      const error = nftExitError(exit, "add a\nadd b");
      expect(error).to.include({ kind, line });
      expect(error?.message).to.include(message);
    });
  }

  it("is no error with status 0", () =>
    expect(nftExitError({ status: 0, signal: undefined, stderr: "" }, "")).to.equal(undefined));

  it("shows only the start of a long line", () => {
    const exit = { status: 1, signal: undefined, stderr: "-:1:1-5: Error: syntax error\n" };
    expect(nftExitError(exit, "x".repeat(1_000_000))?.message).to.have.length.below(400);
  });
});
