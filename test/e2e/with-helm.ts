import { ControlPlane, Namespace } from "@fairlead/testing";
import { after, afterEach, before, beforeEach } from "mocha";
import { Helm } from "./helm.ts";
import { CONFIG, NAMESPACE } from "./product.ts";

const ADDRESS = "10.9.0.1";

/** Where charts are tried. */
export interface HelmStage {
  readonly helm: Helm;
  readonly controlPlane: ControlPlane;
  /** Runs helm on the control plane, in the namespace of the product. */
  onCluster(...args: string[]): Promise<string>;
}

/**
 * Runs helm and a control plane, with no node. It is not the one that others share: they install by kustomize, and Helm takes
 * nothing that is there already.
 *
 * @param per - whether the tests of a suite share it, or each has its own. To delete CRDs in between does not do: an API server
 * that has just taken them was seen to never finish with that.
 */
export function withHelm(onReady: (stage: HelmStage) => void, per: "suite" | "test" = "suite"): void {
  let helm: Helm | undefined;
  let controlPlane: ControlPlane | undefined;
  const [begin, end] = per === "suite" ? [before, after] : [beforeEach, afterEach];
  begin("starts helm's control plane", async () => {
    const namespace = Namespace.own();
    await namespace.ip(`address replace ${ADDRESS}/32 dev lo`);
    const made = await Helm.create();
    helm = made;
    const started = await ControlPlane.start({ namespace, address: ADDRESS });
    controlPlane = started;
    await started.kubectl("apply", "--server-side", "-f", `${CONFIG}/namespace.yaml`);
    const onCluster = (...args: string[]): Promise<string> =>
      made.run(...args, "--namespace", NAMESPACE, "--kubeconfig", started.adminKubeconfig);
    onReady({ helm: made, controlPlane: started, onCluster });
  });
  end("ends helm's control plane", async () => {
    await controlPlane?.close();
    await helm?.close();
  });
}
