export {
  AddressSyntaxError,
  addressBits,
  addressFromOctets,
  addressGroups,
  addressOctets,
  compareAddresses,
  type Family,
  formatAddress,
  type IpAddress,
  parseAddress,
  tryParseAddress,
} from "./address.ts";
export { AddressSet } from "./address-set.ts";
export { ByteReader, ByteWriter } from "./bytes.ts";
export { DecodeError } from "./decode-error.ts";
export { ANY_LINK, type LinkSelector, selectsByAddress, selectsLink } from "./link-selector.ts";
export { BROADCAST_MAC, type Mac, macFromOctets, macOctets } from "./mac.ts";
export type { Protocol } from "./protocol.ts";
export {
  type AddressRange,
  countAddresses,
  formatPrefix,
  formatRange,
  mergeRanges,
  type Prefix,
  parsePrefix,
  parseRange,
  prefixRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
  subtractRanges,
} from "./range.ts";
export { LINK_LOCAL, LOOPBACK } from "./special-ranges.ts";
