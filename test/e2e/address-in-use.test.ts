import { type Cluster, macOf, until } from "@fairlead/testing";
import { expect } from "chai";

import { answeringMacs, type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const FIRST = "192.168.50.200";
const SECOND = "192.168.50.201";
/** An address in use is asked for again only after half a minute: each test has its own. */
const ASKED_FOR = "192.168.50.203";

/** The client on the LAN has an address of the pool, set by hand: its kernel answers for it. */
describe("an address that somebody on the LAN has", () => {
  let cluster: Cluster;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, scene } = stage);
  });
  beforeEach(() => scene.addPool());
  afterEach(async () => {
    const { namespace } = cluster.lab.client;
    await namespace.run("ip", "address", "flush", "dev", "eth0", "to", "192.168.50.200/30");
    await scene.clear();
  });

  const strangerTakes = (address: string) => {
    return cluster.lab.client.namespace.run("ip", "address", "add", `${address}/32`, "dev", "eth0");
  };
  const strangerMac = () => macOf(cluster.lab.client.address.ipv4);
  const warning = (reason: string) =>
    until(`a Warning Event ${reason}`, async () => {
      const events = await scene.events("Service", "web");
      return events.find((event) => event.reason === reason && event.type === "Warning");
    });

  it("is found before it is announced: the Service gets another one, and an Event names the MAC address", async () => {
    await strangerTakes(FIRST);
    await scene.addService("web");
    const since = Date.now();
    await until("the Service has another address", async () => {
      return (await scene.service("web")).status.loadBalancer?.ingress?.[0]?.ip === SECOND;
    });
    const owner = await until("that one has an owner", () => scene.owner(SECOND));
    say(
      `${FIRST} found in use, ${SECOND} announced by ${owner.name} ${Date.now() - since} ms after the Service was made`,
    );
    expect((await warning("AddressInUse")).message).to.contain(strangerMac());
    const probe = cluster.lab.router.namespace;
    expect(await answeringMacs(probe, FIRST, 5)).to.deep.equal([strangerMac()]);
    await scene.addService("later");
    expect(await scene.address("later")).to.equal("192.168.50.202");
  });

  it("stays with a Service that asked for it, which is told who has it", async () => {
    await strangerTakes(ASKED_FOR);
    await scene.addService("web", {}, { "fairlead.dev/loadBalancerIPs": ASKED_FOR });
    const condition = await until("the Service drains", async () => {
      const found = await scene.allocated("web");
      return found?.reason === "Draining" && found;
    });
    expect(condition.message).to.contain(`in use by ${strangerMac()}`);
    expect((await scene.service("web")).status.loadBalancer?.ingress?.[0]?.ip).to.equal(ASKED_FOR);
  });

  it("stays where it is when they come later, and an Event names the MAC address", async () => {
    await scene.addService("web");
    const address = await scene.address("web");
    const owner = await until("the address has an owner", () => scene.owner(address));
    await strangerTakes(address);
    const ask = ["-c", "1", "-w", "1", "-i", "eth0", "-S", address, owner.address.ipv4];
    await cluster.lab.client.namespace.run("arping", ...ask);
    expect((await warning("AddressConflict")).message).to.contain(strangerMac());
    expect((await scene.service("web")).status.loadBalancer?.ingress?.[0]?.ip).to.equal(address);
    expect(await answeringMacs(cluster.lab.router.namespace, address, 5)).to.include(owner.mac);
  });
});
