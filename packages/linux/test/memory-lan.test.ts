import { linkCompliance, MemoryLan } from "@fairlead/linux/testing";

linkCompliance("memory", async () => {
  const lan = new MemoryLan();
  const left = lan.host("left", "192.0.2.1/24");
  const right = lan.host("right", "192.0.2.2/24");
  return {
    left,
    right,
    setUp: async (up) => (up ? left.restore() : left.cut()),
    close: async () => undefined,
  };
});
