import { expect } from "chai";
import { EXCLUDE_LABEL, nodeRefusal, preferReady } from "../../src/survey/nodes.ts";
import { aNode } from "../builders.ts";

const EXCLUDED = { code: "NodeExcluded", label: EXCLUDE_LABEL };

const ROWS = [
  { name: "may announce when nothing is against it", node: aNode("n1"), refusal: undefined },
  {
    name: "may announce though it is not Ready, if nobody else can",
    node: aNode("n1", { ready: false }),
    refusal: undefined,
  },
  {
    name: "A-13: may not with the exclude label",
    node: aNode("n1", { labels: { [EXCLUDE_LABEL]: "true" } }),
    refusal: EXCLUDED,
  },
  {
    name: "A-13: may not with an empty exclude label",
    node: aNode("n1", { labels: { [EXCLUDE_LABEL]: "" } }),
    refusal: EXCLUDED,
  },
  {
    name: "A-13: may not with the exclude label at false",
    node: aNode("n1", { labels: { [EXCLUDE_LABEL]: "false" } }),
    refusal: EXCLUDED,
  },
  {
    name: "A-14: may not without a network",
    node: aNode("n1", { networkUnavailable: true }),
    refusal: { code: "NetworkUnavailable" },
  },
  {
    name: "is told of the label first",
    node: aNode("n1", { labels: { [EXCLUDE_LABEL]: "" }, networkUnavailable: true }),
    refusal: EXCLUDED,
  },
];

describe("a node", () => {
  for (const { name, node, refusal } of ROWS) it(name, () => expect(nodeRefusal(node)).to.deep.equal(refusal));
});

describe("preferReady", () => {
  const up = aNode("n1");
  const down = aNode("n2", { ready: false });
  const unknown = aNode("n3", { ready: false });

  it("takes the ready candidates", () => expect(preferReady([down, up, unknown])).to.deep.equal([up]));
  it("takes all when none is ready", () => expect(preferReady([down, unknown])).to.deep.equal([down, unknown]));
  it("takes nobody of nobody", () => expect(preferReady([])).to.deep.equal([]));
});
