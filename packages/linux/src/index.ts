export * from "./io/netlink-socket.ts";
export { openLinkSocket } from "./io/packet-socket.ts";
export { onReadable } from "./io/readable.ts";
export { watchLinks } from "./io/watch-links.ts";
export * from "./links.ts";
export * from "./packet/netlink.ts";
export * from "./packet/rtnetlink.ts";
export * from "./ports.ts";
export * from "./system-call-error.ts";
