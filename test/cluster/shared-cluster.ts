import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KubeletCluster, type KubeletClusterOptions } from "@fairlead/testing";
import { after } from "mocha";

/** The project's image, as `make image` leaves it. */
const IMAGE = fileURLToPath(new URL("../../dist/fairlead-image.tar", import.meta.url));

let shared: Promise<KubeletCluster> | undefined;

/** A cluster of kubelets with the project's image on each node, without CoreDNS: nothing here asks for names. */
export function newCluster(options: KubeletClusterOptions = {}): Promise<KubeletCluster> {
  if (!existsSync(IMAGE)) throw new Error(`Cannot make a cluster: ${IMAGE} must be there: run "make image"`);
  return KubeletCluster.create({ dns: false, ...options, images: [IMAGE] });
}

/** The one cluster that the tests of a run share; made for the first that asks. Each test leaves it as it found it. */
export function sharedCluster(): Promise<KubeletCluster> {
  shared ??= newCluster();
  return shared;
}

/** Ends the shared cluster, for a test that needs the machine for another one; the next that asks gets a new one. */
export async function endSharedCluster(): Promise<void> {
  const made = await shared?.catch(() => undefined);
  shared = undefined;
  await made?.close();
}

after("ends the shared cluster", endSharedCluster);
