import { askHttp, type Cluster, httpUrl, until } from "@fairlead/testing";
import { expect } from "chai";
import { sharedCluster } from "./shared-cluster.ts";

describe("the laboratory's control plane", () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });
  afterEach(async () => {
    await cluster.removePod("lab-a");
    await cluster.controlPlane.kubectl("delete", "service", "lab", "--ignore-not-found");
  });

  async function clusterIpOfNewService(): Promise<string> {
    await cluster.controlPlane.kubectl("create", "service", "clusterip", "lab", "--tcp=80:8080");
    return cluster.controlPlane.kubectl("get", "service", "lab", "-o", "jsonpath={.spec.clusterIP}");
  }

  it("has three Ready nodes with an address on the LAN", async () => {
    const format = "jsonpath={range .items[*]}{.metadata.name} {.status.addresses[0].address} {end}";
    expect(await cluster.controlPlane.kubectl("get", "nodes", "-o", format)).to.equal(
      "n1 192.168.50.11 n2 192.168.50.12 n3 192.168.50.13 ",
    );
    await cluster.controlPlane.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=1s");
  });

  it("reaches the API server from a node over the management network alone", async () => {
    const { lab } = cluster;
    const readyz = () =>
      lab
        .node("n1")
        .namespace.run("curl", "-sk", "--max-time", "0.5", "https://10.0.0.1:6443/readyz")
        .then(
          () => true,
          () => false,
        );
    await lab.cutLink("n1", "lan", "silent");
    expect(await readyz(), "with the LAN cut").to.equal(true);
    await lab.restoreLink("n1", "lan");
    await lab.cutLink("n1", "management", "silent");
    expect(await readyz(), "with the management network cut").to.equal(false);
    await lab.restoreLink("n1", "management");
    await until("n1 reaches the API server again", readyz);
  });

  it("lists a ready pod in the Service's EndpointSlice, and leaves out one that is not ready", async () => {
    await clusterIpOfNewService();
    const pod = await cluster.addPod("n2", "lab-a", { labels: { app: "lab" } });
    const format = "jsonpath={.items[*].endpoints[*]['addresses','nodeName','conditions.ready']}";
    const slice = () =>
      cluster.controlPlane.kubectl("get", "endpointslices", "-l", "kubernetes.io/service-name=lab", "-o", format);
    const expected = (ready: boolean) => `["${pod.address.ipv4}"] n2 ${ready}`;
    await until("the slice has the pod", async () => (await slice()) === expected(true));
    await cluster.setPodReady("lab-a", "False");
    await until("the slice has the pod as not ready", async () => (await slice()) === expected(false));
  });

  it("forwards a ClusterIP by kube-proxy", async () => {
    const [node] = cluster.lab.nodes;
    if (node === undefined) return expect.fail();
    const proxy = cluster.controlPlane.startKubeProxy(node);
    try {
      const url = httpUrl(await clusterIpOfNewService());
      await cluster.addPod("n2", "lab-a", { labels: { app: "lab" } });
      const { pod } = await until("kube-proxy forwards", () => askHttp(node.namespace, url), {
        withinMillis: 20_000,
        check: () => proxy.assertRunning(),
      });
      expect(pod).to.equal("lab-a");
    } finally {
      await proxy.stop();
    }
  });

  it("keeps its objects when the API server is killed and started again", async () => {
    const { controlPlane } = cluster;
    await controlPlane.kubectl("create", "configmap", "lab", "--from-literal=a=b");
    await controlPlane.stopApiServer("SIGKILL");
    expect(await controlPlane.api.get("/readyz").catch((error: NodeJS.ErrnoException) => error.code)).to.equal(
      "ECONNREFUSED",
    );
    await controlPlane.startApiServer();
    expect(await controlPlane.kubectl("get", "configmap", "lab", "-o", "jsonpath={.data.a}")).to.equal("b");
    await controlPlane.kubectl("delete", "configmap", "lab");
  });

  it("allows a ServiceAccount's token what its roles allow, and nothing else", async () => {
    const { controlPlane } = cluster;
    await controlPlane.kubectl("create", "serviceaccount", "lab");
    await controlPlane.kubectl(
      "create",
      "clusterrolebinding",
      "lab",
      "--clusterrole=view",
      "--serviceaccount=default:lab",
    );
    const kubeconfig = await controlPlane.kubeconfigFor("default", "lab");
    const asked = (...args: string[]) =>
      controlPlane.kubectlWith(kubeconfig, ...args).then(
        () => "allowed",
        (error: Error) => (/forbidden/i.test(error.message) ? "forbidden" : error.message),
      );
    expect(await asked("get", "services", "-A")).to.equal("allowed");
    expect(await asked("get", "secrets", "-A")).to.equal("forbidden");
    expect(await asked("create", "configmap", "x")).to.equal("forbidden");
    await controlPlane.kubectl("delete", "clusterrolebinding/lab", "serviceaccount/lab");
  });
});
