export { GateError, NetlinkGate } from "./gate.ts";
export { NftCommand } from "./nft.ts";
