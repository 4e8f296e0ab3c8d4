import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { kustomizationWithImage, valuesWithImage } from "../../hack/release/image-in-config.ts";
import { parseImageReference } from "../../hack/release/image-reference.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("an image's name", () => {
  for (const [text, reference] of [
    ["fairlead", { repository: "fairlead" }],
    ["fairlead:0.1.0", { repository: "fairlead", tag: "0.1.0" }],
    ["ghcr.io/x/fairlead:0.1.0", { repository: "ghcr.io/x/fairlead", tag: "0.1.0" }],
    ["host:5000/fairlead", { repository: "host:5000/fairlead" }],
    [`host:5000/fairlead@${DIGEST}`, { repository: "host:5000/fairlead", digest: DIGEST }],
    [`fairlead:0.1.0@${DIGEST}`, { repository: "fairlead", tag: "0.1.0", digest: DIGEST }],
  ] as const) {
    it(`is read: ${text}`, () => expect(parseImageReference(text)).to.deep.equal(reference));
  }
  for (const text of ["", "fair lead", "fairlead:", "fairlead:-x", "fairlead@sha256:0123", "a:1:2", `@${DIGEST}`]) {
    it(`is refused: ${JSON.stringify(text)}`, () =>
      expect(() => parseImageReference(text)).to.throw("must be NAME[:TAG][@sha256:DIGEST], got"));
  }
});

describe("another image in what is installed", () => {
  const values = readFileSync(new URL("../../config/chart/values.yaml", import.meta.url), "utf8");

  it("is the chart's default, and all else stays", () => {
    const changed = valuesWithImage(values, { repository: "host/fairlead", tag: "1", digest: DIGEST });
    const image = { repository: "host/fairlead", tag: "1", digest: DIGEST, pullPolicy: "" };
    expect(parse(changed)).to.deep.equal({ ...parse(values), image });
    expect(changed.split("\n")[0]).to.equal(values.split("\n")[0]);
  });

  for (const [name, image, images] of [
    [
      "by tag",
      { repository: "host/fairlead", tag: "1" },
      [{ name: "fairlead", newName: "host/fairlead", newTag: "1" }],
    ],
    [
      "by digest",
      { repository: "host/f", tag: "1", digest: DIGEST },
      [{ name: "fairlead", newName: "host/f", digest: DIGEST }],
    ],
    ["by name alone", { repository: "host/f" }, [{ name: "fairlead", newName: "host/f" }]],
    ["not at all", undefined, undefined],
  ] as const) {
    it(`is kustomize's, ${name}`, () => {
      const made = kustomizationWithImage("../config", image) as { resources: unknown; images?: unknown };
      expect([made.resources, made.images]).to.deep.equal([["../config"], images]);
    });
  }
});
