import type { ControlPlane } from "@fairlead/testing";
import { expect } from "chai";
import { CHART, CRDS_CHART } from "./helm.ts";
import { CONFIG, NAMESPACE } from "./product.ts";
import { type HelmStage, withHelm } from "./with-helm.ts";

const OBJECTS = "deploy,ds,sa,pdb,role,rolebinding,clusterrole,clusterrolebinding";
const POOL = "ippool/lan";

describe("a Helm release", () => {
  let controlPlane: ControlPlane;
  let onCluster: HelmStage["onCluster"];
  withHelm((stage) => {
    ({ controlPlane, onCluster } = stage);
  }, "test");

  const kubectl = (...args: string[]): Promise<string> => controlPlane.kubectl("-n", NAMESPACE, ...args);
  const installed = async (): Promise<string[]> => {
    const names = await kubectl("get", OBJECTS, "-o=name");
    return names.split("\n").filter((name) => name.includes("fairlead"));
  };
  const uid = (name: string): Promise<string> => kubectl("get", name, "-o=jsonpath={.metadata.uid}");
  const speakerArgs = (): Promise<string> =>
    kubectl("get", "ds/fairlead-speaker", "-o=jsonpath={.spec.template.spec.containers[0].args}");
  const install = async (...options: string[]): Promise<string> => {
    await onCluster("install", "fairlead-crds", CRDS_CHART, ...options);
    await kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", `${CONFIG}/crd`);
    return onCluster("install", "fairlead", CHART, ...options);
  };

  it("says what to do next", async () => {
    const said = await install();
    expect(said).to.contain("kind: IPAddressPool").and.to.contain("is installed in namespace fairlead-system");
    expect(said).not.to.contain("does not know Fairlead's kinds");
    expect(await installed()).to.have.length(11);
  });

  it("says that the CRDs are missing", async () => {
    expect(await onCluster("install", "fairlead", CHART)).to.contain("does not know Fairlead's kinds");
  });

  it("is upgraded and rolled back", async () => {
    await install();
    const before = await speakerArgs();
    await onCluster("upgrade", "fairlead", CHART, "--set", "speaker.detection=1000", "--set", "rbac.create=false");
    expect(await speakerArgs()).to.contain("--detection=1000");
    expect((await installed()).filter((name) => name.includes("role"))).to.deep.equal([]);
    await onCluster("rollback", "fairlead");
    expect(await speakerArgs()).to.equal(before);
    expect(await installed()).to.have.length(11);
  });

  it("is uninstalled but for the CRDs and their objects, with which the next one goes on", async () => {
    await install();
    await kubectl("apply", "-f", `${CONFIG}/samples/pool.yaml`);
    const pool = await uid(POOL);
    await onCluster("uninstall", "fairlead", "fairlead-crds");
    expect(await installed()).to.deep.equal([]);
    await install();
    expect(await uid(POOL)).to.equal(pool);
  });

  it("takes over what kustomize has installed, without making it anew", async () => {
    await kubectl("apply", "--server-side", "-k", CONFIG);
    const names = await installed();
    const speakers = await uid("ds/fairlead-speaker");
    await install("--take-ownership", "--force-conflicts");
    expect(await installed()).to.deep.equal(names);
    expect(await uid("ds/fairlead-speaker")).to.equal(speakers);
  });
});
