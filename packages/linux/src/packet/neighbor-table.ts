import {
  attributeOctets,
  concat,
  decodeAttributes,
  encodeAttributes,
  hostU32,
  type NetlinkMessage,
  NLM_F,
  nulText,
  readHostU32,
  viewOf,
} from "./netlink.ts";

/**
 * How long the kernel puts off its answers for addresses that others answer for too: a random time up to this (RFC 4861
 * §7.2.7; `proxy_delay` of the table `ndisc_cache`).
 */
export interface ProxyDelay {
  /** Index of the link; undefined for what new links begin with. */
  readonly index: number | undefined;
  /** Milliseconds, 0 for at once; Linux begins with 800. */
  readonly millis: number;
}

const RTM_NEWNEIGHTBL = 64;
const RTM_GETNEIGHTBL = 66;
const RTM_SETNEIGHTBL = 67;
const AF_INET6 = 10;
const NDTA = { name: 1, params: 6 } as const;
const NDTPA = { index: 1, proxyDelay: 13 } as const;
const TABLE = "ndisc_cache";
// struct ndtmsg: family u8, padding u8 and u16.
const HEADER = 4;

/** Sets the delay of one link, or of what new links begin with; the kernel acknowledges. */
export function setProxyDelay({ index, millis }: ProxyDelay, sequence: number): NetlinkMessage {
  const { request, ack } = NLM_F;
  return { type: RTM_SETNEIGHTBL, flags: request | ack, sequence, port: 0, payload: encodePayload({ index, millis }) };
}

/** Asks for the delays of all links. */
export function proxyDelayDumpRequest(sequence: number): NetlinkMessage {
  const payload = Uint8Array.of(AF_INET6, 0, 0, 0);
  return { type: RTM_GETNEIGHTBL, flags: NLM_F.request | NLM_F.dump, sequence, port: 0, payload };
}

/** The message as the kernel sends it, for tests. */
export function encodeProxyDelay(delay: ProxyDelay): NetlinkMessage {
  return { type: RTM_NEWNEIGHTBL, flags: 0, sequence: 0, port: 0, payload: encodePayload(delay) };
}

/**
 * The delay that a message of a dump tells of; undefined when it tells of something else.
 *
 * @throws DecodeError when what it tells cannot be read.
 */
export function decodeProxyDelay({ type, payload }: NetlinkMessage): ProxyDelay | undefined {
  if (type !== RTM_NEWNEIGHTBL || payload[0] !== AF_INET6) return undefined;
  const params = decodeAttributes(payload.subarray(HEADER)).find((attribute) => attribute.type === NDTA.params)?.value;
  if (params === undefined) return undefined;
  // The kernel does not mark them as nested.
  const attributes = params instanceof Uint8Array ? decodeAttributes(params) : params;
  const delay = attributeOctets(attributes, NDTPA.proxyDelay);
  if (delay?.length !== 8) return undefined;
  const index = attributeOctets(attributes, NDTPA.index);
  return {
    index: index === undefined ? undefined : readHostU32("link index", index),
    millis: Number(viewOf(delay).getBigUint64(0, true)),
  };
}

function encodePayload({ index, millis }: ProxyDelay): Uint8Array {
  const delay = new Uint8Array(8);
  viewOf(delay).setBigUint64(0, BigInt(millis), true);
  const params = [
    ...(index === undefined ? [] : [{ type: NDTPA.index, value: hostU32(index) }]),
    { type: NDTPA.proxyDelay, value: delay },
  ];
  const attributes = [
    { type: NDTA.name, value: nulText(TABLE) },
    { type: NDTA.params, value: params },
  ];
  return concat([Uint8Array.of(AF_INET6, 0, 0, 0), encodeAttributes(attributes)]);
}
