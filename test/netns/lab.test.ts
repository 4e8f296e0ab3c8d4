import {
  answersHttp,
  askHttp,
  askUdp,
  type Daemon,
  httpUrl,
  Lab,
  startProbe,
  startWorkload,
  until,
} from "@fairlead/testing";
import { expect } from "chai";

describe("Lab", () => {
  let lab: Lab;
  const workloads: Daemon[] = [];

  before(async () => {
    lab = await Lab.create();
    await Promise.all(["a", "b"].map((name) => lab.addPod("n1", name)));
    await lab.addPod("n2", "c");
    const hosts = [...lab.nodes, ...lab.pods];
    workloads.push(...(await Promise.all(hosts.map((host) => startWorkload(host.namespace, host.name)))));
  });
  after(async () => {
    await Promise.all(workloads.map((workload) => workload.stop()));
    await lab.close();
  });

  it("connects the LAN client, the router and the remote client with every node, in both families", async () => {
    for (const node of lab.nodes)
      for (const host of [lab.client, lab.remote])
        for (const family of ["ipv4", "ipv6"] as const)
          expect(await askHttp(host.namespace, httpUrl(node.address[family], 8080))).to.deep.equal({
            pod: node.name,
            client: host.address[family],
          });
  });

  it("routes between pods on one node and on two, and keeps their addresses", async () => {
    const [a, ...others] = lab.pods;
    for (const pod of others)
      for (const family of ["ipv4", "ipv6"] as const)
        expect(await askHttp(a?.namespace ?? expect.fail(), httpUrl(pod.address[family], 8080))).to.deep.equal({
          pod: pod.name,
          client: a?.address[family],
        });
  });

  it("answers UDP in both families", async () => {
    const { address } = lab.node("n1");
    for (const family of ["ipv4", "ipv6"] as const)
      expect(await askUdp(lab.client.namespace, address[family], 8080)).to.deep.equal({
        pod: "n1",
        client: lab.client.address[family],
      });
  });

  for (const how of ["unplugged", "silent"] as const) {
    it(`cuts and restores a link (${how})`, async () => {
      const { address, namespace } = lab.node("n3");
      const url = httpUrl(address.ipv4, 8080);
      await lab.cutLink("n3", "lan", how);
      expect(await answersHttp(lab.client.namespace, url, 300)).to.equal(false);
      const { stdout } = await namespace.run("ip", "link", "show", "eth0");
      expect(stdout.includes("NO-CARRIER"), stdout).to.equal(how === "unplugged");
      await lab.restoreLink("n3");
      await until("n3 answers again", () => answersHttp(lab.client.namespace, url));
      const { stdout: routes } = await namespace.run("ip", "route");
      expect(routes).to.include("default via 192.168.50.1").and.to.include("10.244.1.0/24 via 192.168.50.11");
    });
  }

  it("is probed every few milliseconds", async () => {
    const probe = startProbe(lab.client.namespace, httpUrl(lab.node("n1").address.ipv4, 8080));
    await until("ten answers are there", () => probe.results().length >= 10);
    const results = await probe.stop();
    expect(results.filter((result) => result.pod !== "n1")).to.deep.equal([]);
  });
});
