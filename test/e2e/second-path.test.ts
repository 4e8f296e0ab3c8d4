import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import { cutHeartbeats, restoreHeartbeats } from "./lost-heartbeats.ts";
import { logLines, type Product } from "./product.ts";
import { answeringMacs, type Scene, say, timed } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const HEARTBEAT = 0x88b5;
const SERVICES = ["web", "mail", "dns", "chat"];

describe("speakers on a switch that drops their heartbeats", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  afterEach(async () => {
    await cluster.lab.dropEtherType(undefined);
    await scene.clear();
  });

  const moves = () =>
    cluster.lab.nodes.flatMap(({ name }) => {
      return logLines(product.speaker(name)).filter(({ msg }) => String(msg).startsWith("address announced"));
    }).length;

  /** Who was heard by unicast alone, as a speaker says. */
  const named = (name: string) => {
    const said = logLines(product.speaker(name)).filter(({ msg }) =>
      String(msg).startsWith("heartbeats come by unicast"),
    );
    return new Set(said.map(({ peer }) => peer));
  };

  it("keep one owner for each address, without a move, and replace one that dies", async () => {
    await scene.addPool();
    for (const name of SERVICES) await scene.addService(name);
    const addresses = await Promise.all(SERVICES.map((name) => scene.address(name)));
    for (const address of addresses) await until(`${address} has an owner`, () => scene.owner(address));
    const before = moves();
    await cluster.lab.dropEtherType(HEARTBEAT);
    for (const address of addresses) {
      expect(await answeringMacs(cluster.lab.client.namespace, address, 20), address).to.have.length(1);
    }
    expect(moves() - before, "moves").to.equal(0);
    await until("each speaker names each other one", () => {
      return cluster.lab.nodes.every(({ name }) => named(name).size === cluster.lab.nodes.length - 1);
    });

    const [address = ""] = addresses;
    const owner = await scene.owner(address);
    await Promise.all([cluster.lab.cutLink(owner.name), product.speaker(owner.name).stop("SIGKILL")]);
    const millis = await timed(() =>
      until("another node answers", async () => {
        const macs = await answeringMacs(cluster.lab.client.namespace, address, 1);
        return macs.length === 1 && macs[0] !== owner.mac;
      }),
    );
    say(`${owner.name} died, another one answered ${millis} ms later`);
    await cluster.lab.restoreLink(owner.name);
    await product.startSpeaker(owner.name);
  });

  it("U-07: keep one owner also when one of them cannot be reached at all but answers clients", async () => {
    await scene.addPool();
    for (const name of SERVICES) await scene.addService(name);
    const addresses = await Promise.all(SERVICES.map((name) => scene.address(name)));
    const [first = ""] = addresses;
    const owner = await until("the address has an owner", () => scene.owner(first));
    for (const address of addresses) await until(`${address} has an owner`, () => scene.owner(address));
    const before = moves();
    await cutHeartbeats(cluster, owner);
    try {
      await delay(2_000);
      for (let round = 0; round < 5; round++) {
        for (const address of addresses) {
          expect(await answeringMacs(cluster.lab.client.namespace, address, 10), address).to.have.length(1);
        }
      }
      expect((await scene.owner(first)).name).to.equal(owner.name);
    } finally {
      await restoreHeartbeats(cluster, owner);
    }
    await delay(2_000);
    for (const address of addresses) {
      expect(await answeringMacs(cluster.lab.client.namespace, address, 10), address).to.have.length(1);
    }
    say(`heartbeats of ${owner.name} dropped for a while: ${moves() - before} moves`);
    expect(moves() - before, "moves").to.equal(0);
  });
});
