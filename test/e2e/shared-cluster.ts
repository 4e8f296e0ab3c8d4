import { Cluster } from "@fairlead/testing";
import { after } from "mocha";

let cluster: Promise<Cluster> | undefined;
let lastLook: (cluster: Cluster) => Promise<void> = async () => {};

/** The one cluster that all tests of a run share; made for the first that asks. Each test cleans up what it made in it. */
export function sharedCluster(): Promise<Cluster> {
  cluster ??= Cluster.create();
  return cluster;
}

/** Sets what is done to the shared cluster when all tests have run; it may throw. */
export function beforeItEnds(look: (cluster: Cluster) => Promise<void>): void {
  lastLook = look;
}

// A hook of the root suite, since this is not inside a describe(). One, since a hook that fails ends the others.
after("ends the shared cluster", async () => {
  const made = await cluster?.catch(() => undefined);
  if (made === undefined) return;
  try {
    await lastLook(made);
  } finally {
    await made.close();
  }
});
