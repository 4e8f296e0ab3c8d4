import { echoCompliance, MemoryLan } from "@fairlead/linux/testing";
import { parseAddress } from "@fairlead/net";
import { SimulatedKernel } from "../../src/testing/simulated-kernel.ts";

echoCompliance("simulated kernel", async () => {
  const lan = new MemoryLan();
  const kernel = new SimulatedKernel([lan.host("n1", "192.0.2.11/24")]);
  new SimulatedKernel([lan.host("n2", "192.0.2.12/24")]);
  return {
    openEcho: kernel.openEcho,
    there: parseAddress("192.0.2.12"),
    nobody: parseAddress("192.0.2.77"),
    close: async () => {},
  };
});
