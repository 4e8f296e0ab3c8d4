import { FaultyStore, finalizerCompliance, storeCompliance } from "@fairlead/kube/testing";
import { MemoryCluster } from "../../src/memory/memory-cluster.ts";
import { MemoryStore } from "../../src/memory/memory-store.ts";

for (const Store of [MemoryStore, FaultyStore]) {
  const name = Store === MemoryStore ? "memory" : "memory, with faults on request";
  const open = async () => {
    const cluster = new MemoryCluster();
    const [store, other] = [new Store(cluster), new Store(cluster)];
    return { store, other, close: async () => void (await Promise.all([store.stop(), other.stop()])) };
  };
  storeCompliance(name, open);
  finalizerCompliance(name, open);
}
