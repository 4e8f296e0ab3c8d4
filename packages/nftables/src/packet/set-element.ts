import { encodeNetlink, type NetlinkAttribute, type NetlinkMessage, NLM_F, nulText } from "@fairlead/linux";
import type { TimedElement } from "../ports.ts";
import { NFNL_SUBSYS_NFTABLES, nfgenmsg, nftablesMessage } from "./message.ts";

const NFNL_MSG_BATCH_BEGIN = 0x10;
const NFNL_MSG_BATCH_END = 0x11;
const NFT_MSG_NEWSETELEM = 12;
const NFT_MSG_DELSETELEM = 14;
const NFTA_LIST_ELEM = 1;
const NFTA_SET_ELEM_LIST = { table: 1, set: 2, elements: 3 } as const;
const NFTA_SET_ELEM = { key: 1, timeout: 4 } as const;
const NFTA_DATA_VALUE = 1;

/**
 * One nftables transaction after which the element is there for its whole timeout, whether it was there before or not.
 *
 * Kernels before 6.12 leave the timeout of an element alone that is added again, so it must go and come back. Deleting an
 * absent one fails (and NFT_MSG_DESTROYSETELEM needs 6.3): the first of the three messages makes sure that it is there.
 * No packet sees the set without it. Nothing is sent back unless something fails.
 */
export function refreshElementBatch(element: TimedElement, sequence: number): Uint8Array {
  const messages = [
    batch(NFNL_MSG_BATCH_BEGIN, sequence),
    change(NFT_MSG_NEWSETELEM, element, sequence),
    change(NFT_MSG_DELSETELEM, element, sequence),
    change(NFT_MSG_NEWSETELEM, element, sequence),
    batch(NFNL_MSG_BATCH_END, sequence),
  ];
  return encodeNetlink(messages);
}

function batch(type: number, sequence: number): NetlinkMessage {
  return { type, flags: NLM_F.request, sequence, port: 0, payload: nfgenmsg(0, NFNL_SUBSYS_NFTABLES) };
}

function change(message: number, element: TimedElement, sequence: number): NetlinkMessage {
  const adds = message === NFT_MSG_NEWSETELEM;
  const key = { type: NFTA_SET_ELEM.key, value: [{ type: NFTA_DATA_VALUE, value: element.key }] };
  const timeout = { type: NFTA_SET_ELEM.timeout, value: bigEndianU64(element.timeoutMillis) };
  const attributes: NetlinkAttribute[] = [
    { type: NFTA_SET_ELEM_LIST.table, value: nulText(element.table) },
    { type: NFTA_SET_ELEM_LIST.set, value: nulText(element.set) },
    { type: NFTA_SET_ELEM_LIST.elements, value: [{ type: NFTA_LIST_ELEM, value: adds ? [key, timeout] : [key] }] },
  ];
  return nftablesMessage(message, NLM_F.request | (adds ? NLM_F.create : 0), sequence, attributes);
}

function bigEndianU64(value: number): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, BigInt(value));
  return octets;
}
