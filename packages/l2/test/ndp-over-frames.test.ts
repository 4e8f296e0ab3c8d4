import { NODE, ndpOverFrames, ndpSocketCompliance, PEER } from "@fairlead/l2/testing";
import { MemoryLan } from "@fairlead/linux/testing";
import { formatAddress } from "@fairlead/net";

ndpSocketCompliance("memory", async () => {
  const lan = new MemoryLan();
  const node = lan.host("node", `${formatAddress(NODE)}/64`);
  const peer = lan.host("peer", `${formatAddress(PEER)}/64`);
  return {
    openNdpSocket: ndpOverFrames(node.openLinkSocket),
    link: node.link(),
    peer: { openLinkSocket: peer.openLinkSocket, link: peer.link() },
    close: async () => {},
  };
});
