export { arpRequest, decodeArp, encodeArp } from "../packet/arp.ts";
export { decodeEthernet, ETHERTYPE, type EthernetFrame, encodeEthernet } from "../packet/ethernet.ts";
export { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP, OPENING_MARK } from "../packet/heartbeat.ts";
export { decodeIcmpv6, encodeIcmpv6 } from "../packet/ipv6.ts";
export {
  ALL_NODES,
  duplicateProbe,
  groupMac,
  type NeighborAdvertisement,
  neighborSolicitation,
} from "../packet/ndp.ts";
export * from "./ndp-in.ts";
export * from "./ndp-over-frames.ts";
export * from "./ndp-socket-compliance.ts";
export * from "./neighbor-client.ts";
export * from "./responder-compliance.ts";
