import { Cluster } from "@fairlead/testing";
import { after } from "mocha";

let cluster: Promise<Cluster> | undefined;

/** The one cluster that all tests of a run share; made for the first that asks. Each test cleans up what it made in it. */
export function sharedCluster(): Promise<Cluster> {
  cluster ??= Cluster.create();
  return cluster;
}

// A hook of the root suite, since this is not inside a describe().
after("ends the shared cluster", async () => {
  await (await cluster?.catch(() => undefined))?.close();
});
