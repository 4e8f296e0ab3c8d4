import { expect } from "chai";
import { type CommonOptions, createProgram, integer } from "../../src/io/program.ts";

const parse = (...args: string[]): CommonOptions =>
  createProgram("fairlead-test", "Tests.", "1.2.3", 7472)
    .parse(["node", "fairlead-test", ...args])
    .opts();

describe("the command line", () => {
  it("has defaults", () =>
    expect(parse())
      .to.deep.include({ logLevel: "info", metricsPort: 7472 })
      .and.not.have.any.keys("store", "kubeconfig"));

  it("takes every common option", () =>
    expect(
      parse("--store", "dir:/x", "--log-level", "debug", "--log-format", "json", "--metrics-port", "0"),
    ).to.deep.equal({
      store: "/x",
      logLevel: "debug",
      logFormat: "json",
      metricsPort: 0,
    }));

  for (const args of [
    ["--no-such"],
    ["extra"],
    ["--store", "/x"],
    ["--store", "dir:"],
    ["--store", "dir:/x", "--kubeconfig", "f"],
    ["--log-level", "loud"],
    ["--log-format", "xml"],
    ["--metrics-port", "65536"],
    ["--metrics-port"],
  ]) {
    it(`refuses ${args.join(" ")}`, () => expect(() => parse(...args)).to.throw(Error, /^error: .*[^\n]$/));
  }

  it("explains every flag", () => {
    const help = createProgram("fairlead-test", "Tests.", "1.2.3", 7472).helpInformation();
    for (const flag of [
      "--kubeconfig",
      "--store",
      "--log-level",
      "--log-format",
      "--metrics-port",
      "--help",
      "--version",
    ]) {
      expect(help).to.contain(flag);
    }
  });
});

describe("integer", () => {
  for (const [text, value] of [
    ["0", 0],
    ["7472", 7472],
    ["65535", 65535],
  ] as const) {
    it(`reads ${text}`, () => expect(integer(0, 65_535)(text)).to.equal(value));
  }
  for (const text of ["", "-1", "65536", "1.5", "1e3", " 1", "0x10", "port"]) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      expect(() => integer(0, 65_535)(text)).to.throw("It must be a whole number from 0 to 65535."));
  }
  it("refuses less than the least", () => expect(() => integer(300, 500)("299")).to.throw("from 300 to 500"));
});
