export { BPF, type BpfInstruction, type BpfProgram, MOST_INSTRUCTIONS } from "./packet/bpf.ts";
export { internetChecksum } from "./packet/checksum.ts";
export { decodeEcho, encodeEcho } from "./packet/echo.ts";
export {
  attributeOctets,
  concat,
  decodeAttributes,
  decodeNetlink,
  encodeAttributes,
  encodeNetlink,
  type NetlinkAttribute,
  type NetlinkMessage,
  NLM_F,
  NLMSG,
  nulText,
  readHostU32,
  viewOf,
} from "./packet/netlink.ts";
export type {
  AnycastMemberships,
  Datagrams,
  Echo,
  Link,
  LinkSocket,
  Links,
  NdpSocket,
  OpenAnycast,
  OpenEcho,
  OpenLinkSocket,
  OpenNdpSocket,
} from "./ports.ts";
export { SystemCallError } from "./system-call-error.ts";
export type {
  ConnectOptions,
  ConnectTcp,
  ListenOptions,
  ListenTcp,
  TcpConnection,
  TcpEnd,
  TcpEvents,
  TcpListener,
} from "./tcp.ts";
