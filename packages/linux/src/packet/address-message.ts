import { addressFromOctets, addressOctets, DecodeError, type Prefix } from "@fairlead/net";
import { attributeOctets, concat, encodeAttributes, type NetlinkMessage, viewOf } from "./netlink.ts";
import { AF, dumpRequest, requireAttribute, splitHeader } from "./rtnetlink-body.ts";

/** An address of a link that the kernel tells of (RTM_NEWADDR, RTM_DELADDR; struct ifaddrmsg). */
export interface AddressMessage {
  readonly kind: "address" | "addressRemoved";
  /** Index of the link. */
  readonly index: number;
  /** The link's own address (on point-to-point links the peer's is another) and its prefix length. */
  readonly prefix: Prefix;
}

const RTM_GETADDR = 22;
const IFA = { address: 1, local: 2 } as const;
const ADDRESS_HEADER = 8;

/** Asks for all addresses of all links. */
export function addressDumpRequest(sequence: number): NetlinkMessage {
  return dumpRequest(RTM_GETADDR, sequence, new Uint8Array(ADDRESS_HEADER));
}

/** The payload of an {@link AddressMessage}. */
export function encodeAddress({ index, prefix }: AddressMessage): Uint8Array {
  const header = new Uint8Array(ADDRESS_HEADER);
  header[0] = AF[prefix.address.family];
  header[1] = prefix.length;
  viewOf(header).setUint32(4, index, true);
  return concat([header, encodeAttributes([{ type: IFA.local, value: addressOctets(prefix.address) }])]);
}

/** @throws DecodeError when it lacks an address, or has one of no family that there is. */
export function decodeAddress(kind: AddressMessage["kind"], payload: Uint8Array): AddressMessage {
  const { view, attributes } = splitHeader("address message", payload, ADDRESS_HEADER);
  const length = view.getUint8(1);
  const octets = attributeOctets(attributes, IFA.local) ?? requireAttribute("address message", attributes, IFA.address);
  if ((octets.length !== 4 && octets.length !== 16) || length > octets.length * 8) {
    const got = `${octets.length} octets and prefix length ${length}`;
    throw new DecodeError(`Cannot decode address message: must have an IPv4 or IPv6 address and prefix, got ${got}`);
  }
  return { kind, index: view.getUint32(4, true), prefix: { address: addressFromOctets(octets), length } };
}
