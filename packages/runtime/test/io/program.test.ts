import { type CommonOptions, createProgram, parsePort } from "@fairlead/runtime";
import { expect } from "chai";

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

describe("parsePort", () => {
  for (const [text, port] of [
    ["0", 0],
    ["7472", 7472],
    ["65535", 65535],
  ] as const) {
    it(`takes ${text}`, () => expect(parsePort(text)).to.equal(port));
  }
  for (const text of ["", "-1", "65536", "80.5", "8e1", "0x50", " 80", "http"]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(() => parsePort(text)).to.throw("must be a port number"));
  }
});
