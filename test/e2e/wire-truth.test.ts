import { type Cluster, type LabNode, macOf, type Namespace, until } from "@fairlead/testing";
import { expect } from "chai";
import { logLines, type Product } from "./product.ts";
import { answeringMacs, type Scene, say, timed } from "./scene.ts";
import { withProduct } from "./with-product.ts";

/** A round of questions among speakers is five seconds long. */
const PATIENCE = { withinMillis: 20_000 };

describe("what speakers see of one another's addresses on the wire", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  beforeEach(() => scene.addPool());
  afterEach(async () => {
    const { namespace } = cluster.lab.client;
    await namespace.run("ip", "address", "flush", "dev", "eth0", "to", "192.168.50.200/28");
    await scene.clear();
  });

  async function owned(): Promise<{ address: string; owner: LabNode }> {
    await scene.addService("web");
    const address = await scene.address("web");
    return { address, owner: await until("the address has an owner", () => scene.owner(address)) };
  }

  const warning = (reason: string) =>
    until(
      `a Warning Event ${reason}`,
      async () => (await scene.events("Service", "web")).find((event) => event.reason === reason),
      PATIENCE,
    );
  const found = async (reason: string) => {
    const path = "/apis/fairlead.dev/v1beta1/speakerstatuses";
    const { items } = (await cluster.controlPlane.api.get(path)) as {
      items: { metadata: { name: string }; status: { layer2?: { findings?: { reason: string; owner: string }[] } } }[];
    };
    return items.flatMap(({ status }) => status.layer2?.findings ?? []).find((finding) => finding.reason === reason);
  };

  it("is told to an owner that does not answer, which repairs itself", async () => {
    const { address, owner } = await owned();
    await forget(owner.namespace, address);
    expect(await answeringMacs(cluster.lab.client.namespace, address, 3)).to.deep.equal([]);
    const millis = await timed(() =>
      until(
        "the owner answers again",
        async () => (await answeringMacs(cluster.lab.client.namespace, address, 1)).includes(owner.mac),
        PATIENCE,
      ),
    );
    say(`rule of ${owner.name} broken: seen by another speaker and repaired after ${millis} ms`);
    expect((await warning("NotSeenOnWire")).message).to.contain(`${owner.name} owns ${address}`);
    const repairs = logLines(product.speaker(owner.name)).filter(({ msg }) => String(msg).includes("repairing"));
    expect(repairs).to.have.length(1);
    await until("all is well again", async () => (await found("NotSeenOnWire")) === undefined, PATIENCE);
  });

  it("names who answers beside the owner", async () => {
    const { address, owner } = await owned();
    const mac = macOf(cluster.lab.client.address.ipv4);
    await cluster.lab.client.namespace.run("ip", "address", "add", `${address}/32`, "dev", "eth0");
    const both = await warning("TwoOwners");
    expect(both.message).to.contain(mac).and.to.contain(owner.mac);
    expect((await until("the finding is in a status", () => found("TwoOwners"))).owner).to.equal(owner.name);
  });
});

/** Takes an address out of what the owner's kernel answers for, behind the back of its speaker. */
async function forget(node: Namespace, address: string): Promise<void> {
  const { stdout } = await node.run("nft", "list", "tables", "netdev");
  const table = /fairlead-l2-\d+/.exec(stdout)?.[0] ?? "";
  await node.run("nft", "delete", "element", "netdev", table, "answer", "{", address, "}");
}
