import { MemoryCluster, MemoryStore, storeCompliance } from "@fairlead/kube/testing";

storeCompliance("memory", async () => {
  const cluster = new MemoryCluster();
  const [store, other] = [new MemoryStore(cluster), new MemoryStore(cluster)];
  return { store, other, close: async () => void (await Promise.all([store.stop(), other.stop()])) };
});
