import { service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { Site } from "./site.ts";

const ANNOTATION = "fairlead.dev/addresses";

describe("several addresses of one Service", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create();
  });
  afterEach(() => site.close());

  const ask = async (name: string, count: number): Promise<string[]> => {
    site.cluster.apply(service(name, {}, { annotations: { [ANNOTATION]: String(count) } }));
    await site.settle();
    return site.ingress(name);
  };
  const owners = async (addresses: readonly string[]): Promise<string[]> => {
    const names: string[] = [];
    for (const address of addresses) names.push(await site.owner(address));
    return names;
  };

  it("are answered by as many nodes", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      const addresses = await ask(name, 3);
      expect(new Set(await owners(addresses)), addresses.join()).to.deep.equal(new Set(["n1", "n2", "n3"]));
    }
  });

  it("come apart also when the second one comes later, and the first one stays where it is", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      const [first = ""] = await ask(name, 1);
      const owner = await site.owner(first);
      const both = await ask(name, 2);
      const [stays, other] = await owners(both);
      expect(stays).to.equal(owner);
      expect(other).not.to.equal(owner);
    }
  });

  it("stay apart when a node is lost, while there are nodes enough", async () => {
    const both = await ask("a", 2);
    const [first = "", second = ""] = await owners(both);
    await site.at(first).crash();
    await site.pass(1_500);
    const [heir] = site.others(first).filter((name) => name !== second);
    expect(await owners(both)).to.deep.equal([heir, second]);
  });
});
