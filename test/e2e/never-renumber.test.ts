import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { answersHttp, type Cluster, httpUrl, startProbe, until } from "@fairlead/testing";
import { expect } from "chai";
import { watchAddresses } from "./address-watch.ts";
import { CONFIG, type Product } from "./product.ts";
import { answeringMacs, PATIENT, poolManifest, type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const POOLS = "/apis/fairlead.dev/v1beta1/ipaddresspools";
const SERVICES = "/api/v1/namespaces/default/services";
const HOLDERS = 20;

describe("addresses that Services hold", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  beforeEach(() => cluster.addPod("n1", "web-1", { labels: { app: "web" } }).then(() => undefined));
  afterEach(() => scene.clear());

  const addresses = async () => {
    const held = (await scene.services()).map(({ metadata, status }) => [
      metadata.name,
      status.loadBalancer?.ingress?.[0]?.ip,
    ]);
    return Object.fromEntries(held.filter(([, address]) => address !== undefined)) as Record<string, string>;
  };
  const draining = async () => {
    const reasons = (await scene.services()).map(async ({ metadata }) => {
      return (await scene.allocated(metadata.name))?.reason === "Draining" ? [metadata.name] : [];
    });
    return (await Promise.all(reasons)).flat();
  };
  async function addHolders(count: number): Promise<Record<string, string>> {
    for (let i = 0; i < count; i++) await scene.addService(`s${String(i).padStart(2, "0")}`);
    await until("all have addresses", async () => Object.keys(await addresses()).length === count);
    return addresses();
  }
  const drain = (what: string, names: readonly string[]) =>
    until(what, async () => (await draining()).join() === names.join(), { withinMillis: 10_000 });

  it("stay, and stay reachable, when their pool grows at its low end, shrinks, loses one that is used, and is deleted", async () => {
    const { api } = cluster.controlPlane;
    const edit = (...ranges: string[]) => api.patch(`${POOLS}/lan`, "merge", { spec: { addresses: ranges } });
    await scene.addPool("192.168.50.210-192.168.50.239");
    const before = await addHolders(HOLDERS);
    const { namespace } = cluster.lab.client;
    for (const address of Object.values(before)) {
      await until(`${address} answers`, () => answersHttp(namespace, httpUrl(address)), { withinMillis: 10_000 });
    }
    const probe = startProbe(namespace, httpUrl(before.s00 ?? ""), PATIENT);
    await until("the probe has answers", () => probe.results().length > 20);

    await edit("192.168.50.205-192.168.50.239");
    await scene.addService("low");
    expect(await scene.address("low")).to.equal("192.168.50.205");
    expect(await draining(), "grown at the low end").to.deep.equal([]);
    await edit("192.168.50.205-192.168.50.229");
    await delay(500);
    expect(await draining(), "without what nobody uses").to.deep.equal([]);
    await edit("192.168.50.205", "192.168.50.211-192.168.50.229").catch(() => undefined);
    await edit("192.168.50.205/32", "192.168.50.211-192.168.50.229");
    await drain("the one that holds the address that was taken out drains", ["s00"]);
    await api.delete(`${POOLS}/lan`);
    await drain("all drain", ["low", ...Object.keys(before).sort()].sort());

    expect(await addresses()).to.deep.equal({ ...before, low: "192.168.50.205" });
    for (const address of Object.values(before)) {
      expect(await answersHttp(namespace, httpUrl(address)), `${address} answers`).to.equal(true);
    }
    const macs = await Promise.all(Object.values(before).map((address) => answeringMacs(namespace, address)));
    expect(macs.map(({ length }) => length)).to.deep.equal(macs.map(() => 1));
    const results = await probe.stop();
    const failed = results.filter(({ error }) => error !== undefined).length;
    say(`${HOLDERS} holders, five edits: 0 changes, ${failed} of ${results.length} requests failed`);
    expect(failed).to.equal(0);
  });

  it("work on while all CRDs are deleted, and are the same when these and the pools are back", async () => {
    const { controlPlane, lab } = cluster;
    await scene.addPool("192.168.50.210-192.168.50.239");
    const before = await addHolders(5);
    const url = httpUrl(before.s00 ?? "");
    await until("it answers", () => answersHttp(lab.client.namespace, url), { withinMillis: 10_000 });
    const probe = startProbe(lab.client.namespace, url, PATIENT);
    await until("the probe has answers", () => probe.results().length > 20);
    const watch = watchAddresses(scene);
    const crds = (await readdir(`${CONFIG}/crd`)).map((file) => `${file.replace(".yaml", "")}.fairlead.dev`);
    await controlPlane.kubectl("delete", "crd", ...crds);
    await scene.addService("new");
    await delay(3_000);
    const during = probe.results().filter(({ error }) => error !== undefined).length;
    await controlPlane.kubectl("apply", "--server-side", "-f", `${CONFIG}/crd`);
    await controlPlane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    await controlPlane.api.post(POOLS, poolManifest("lan", "192.168.50.210-192.168.50.239"));
    expect(await scene.address("new", 60_000), "the next free address").to.equal("192.168.50.215");
    await until("there is a record of each", async () => (await scene.allocations()).length === 6, {
      withinMillis: 20_000,
    });
    expect(await addresses()).to.deep.equal({ ...before, new: "192.168.50.215" });
    await until("nothing drains", async () => (await draining()).length === 0, { withinMillis: 20_000 });
    const { changes, twice } = await watch.stop();
    const results = await probe.stop();
    const failures = results.filter(({ error }) => error !== undefined);
    say(
      `CRDs gone for 3 s and more: ${during} requests failed meanwhile, ${failures.length} of ${results.length} in all`,
    );
    expect([...changes, ...twice]).to.deep.equal([]);
    expect(failures.map(({ error, startedAt, endedAt }) => `${error} after ${endedAt - startedAt} ms`)).to.deep.equal(
      [],
    );
  });

  it("are not Fairlead's to touch when another controller wrote them", async () => {
    const { api } = cluster.controlPlane;
    await scene.addPool("192.168.50.210-192.168.50.239");
    await product.controllers[0]?.stop();
    await scene.addService("web");
    const status = { loadBalancer: { ingress: [{ ip: "203.0.113.9" }, { hostname: "lb.example" }] } };
    await api.patch(`${SERVICES}/web/status?fieldManager=other-controller`, "merge", { status });
    const { loadBalancer } = (await scene.service("web")).status;
    await product.startController(0);
    const reason = async () => (await scene.allocated("web"))?.reason;
    await until("it is said", async () => (await reason()) === "ForeignStatus");
    say((await scene.allocated("web"))?.message ?? "");
    expect((await scene.allocated("web"))?.message).to.include("other-controller");
    for (let i = 0; i < 5; i++) {
      await api.patch(`${POOLS}/lan`, "merge", { spec: { addresses: [`192.168.50.21${i}-192.168.50.239`] } });
      await api.patch(`${SERVICES}/web`, "merge", { metadata: { labels: { round: `${i}` } } });
      await scene.addService(`beside-${i}`);
      await scene.address(`beside-${i}`);
    }
    await product.controllers[0]?.stop("SIGKILL");
    await product.startController(0);
    await scene.addService("last");
    await scene.address("last", 20_000);
    expect((await scene.service("web")).status.loadBalancer).to.deep.equal(loadBalancer);
    expect(await scene.allocations()).to.have.length(6);
    await api.patch(`${SERVICES}/web/status`, "merge", { status: { loadBalancer: null } });
    await scene.address("web");
  });

  it("are kept by an IPClaim for a Service that is deleted and made again", async () => {
    const { api } = cluster.controlPlane;
    await scene.addPool("192.168.50.210-192.168.50.239");
    const claims = "/apis/fairlead.dev/v1beta1/namespaces/default/ipclaims";
    const meta = { apiVersion: "fairlead.dev/v1beta1", kind: "IPClaim", metadata: { name: "web" } };
    await api.post(claims, { ...meta, spec: { serviceName: "web", addresses: ["192.168.50.220"] } });
    await until("it is reserved", async () => (await scene.allocations()).includes("192.168.50.220"));
    await scene.addService("other");
    await scene.addService("web");
    expect([await scene.address("other"), await scene.address("web")]).to.deep.equal([
      "192.168.50.210",
      "192.168.50.220",
    ]);
    await api.delete(`${SERVICES}/web`);
    console.log((await cluster.controlPlane.kubectl("get", "ipclaims,ipallocations")).replace(/^/gm, "        "));
    await scene.addService("web");
    expect(await scene.address("web")).to.equal("192.168.50.220");
    await api.delete(`${claims}/web`);
    await until("only the Service has it", async () => {
      const { spec } = (await api.get("/apis/fairlead.dev/v1beta1/ipallocations/192.168.50.220")) as { spec: object };
      return !("claimRef" in spec);
    });
    expect(await scene.address("web")).to.equal("192.168.50.220");
  });
});
