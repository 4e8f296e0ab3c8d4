import { MemoryTcp, tcpCompliance } from "@fairlead/linux/testing";
import { parseAddress } from "@fairlead/net";

tcpCompliance("in memory", async () => {
  const network = new MemoryTcp();
  const [here, there] = [parseAddress("192.0.2.1"), parseAddress("192.0.2.2")];
  network.own.push(here);
  return {
    connectTcp: network.connect,
    listenTcp: network.listen,
    here,
    there,
    async stall(port) {
      network.stalled.add(port);
      const deaf = { connected() {}, received() {}, progressed() {}, closed() {} };
      network.listen({ address: there, port }, () => deaf);
      return () => {
        network.stalled.delete(port);
        network.read();
      };
    },
    close: async () => {},
  };
});
