export { openDatagrams } from "./datagram-socket.ts";
export { openEcho } from "./echo-socket.ts";
export { openAnycast } from "./memberships.ts";
export { openMemoryFile } from "./memory-file.ts";
export { openNdpSocket } from "./ndp-socket.ts";
export { NETLINK, NetlinkSocket } from "./netlink-socket.ts";
export { openLinkSocket } from "./packet-socket.ts";
export { restoreProxyDelay } from "./proxy-delay.ts";
export { watchLinks } from "./watch-links.ts";
