import { finalizerCompliance, MemoryCluster, MemoryStore, storeCompliance } from "@fairlead/kube/testing";

const open = async () => {
  const cluster = new MemoryCluster();
  const [store, other] = [new MemoryStore(cluster), new MemoryStore(cluster)];
  return { store, other, close: async () => void (await Promise.all([store.stop(), other.stop()])) };
};

storeCompliance("memory", open);
finalizerCompliance("memory", open);
