import { attributeOctets, decodeAttributes, type NetlinkMessage, NLM_F, nulText, viewOf } from "@fairlead/linux";
import { DecodeError } from "@fairlead/net";
import { NFNL_SUBSYS_NFTABLES, nftablesMessage } from "./message.ts";

/** A named counter. */
export interface NamedCounter {
  readonly name: string;
  /** Packets counted since the table was made. */
  readonly packets: number;
}

const NFT_MSG_NEWOBJ = 18;
const NFT_MSG_GETOBJ = 19;
const NFT_OBJECT_COUNTER = 1;
const NFTA_OBJ = { table: 1, name: 2, type: 3, data: 4 } as const;
const NFTA_COUNTER_PACKETS = 2;
const NFGENMSG = 4;

/** Asks for all objects of a table of family netdev. */
export function objectDumpRequest(table: string, sequence: number): NetlinkMessage {
  const attributes = [{ type: NFTA_OBJ.table, value: nulText(table) }];
  return nftablesMessage(NFT_MSG_GETOBJ, NLM_F.request | NLM_F.dump, sequence, attributes);
}

/**
 * The named counter that a message of the answer tells of; undefined when it is about something else.
 *
 * @throws DecodeError when it is one that cannot be read.
 */
export function decodeCounter({ type, payload }: NetlinkMessage): NamedCounter | undefined {
  if (type !== ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWOBJ)) return undefined;
  const attributes = decodeAttributes(payload.subarray(NFGENMSG));
  const kind = attributeOctets(attributes, NFTA_OBJ.type);
  // Numbers of nftables are in network byte order.
  if (kind?.length !== 4 || viewOf(kind).getUint32(0) !== NFT_OBJECT_COUNTER) return undefined;
  const name = attributeOctets(attributes, NFTA_OBJ.name);
  const data = attributes.find((attribute) => attribute.type === NFTA_OBJ.data)?.value ?? [];
  // The kernel does not say that it is nested.
  const packets = attributeOctets(data instanceof Uint8Array ? decodeAttributes(data) : data, NFTA_COUNTER_PACKETS);
  if (name === undefined || packets?.length !== 8) {
    throw new DecodeError("Cannot decode nftables counter: must have a name and 8 octets of packets");
  }
  return { name: new TextDecoder().decode(name.subarray(0, -1)), packets: Number(viewOf(packets).getBigUint64(0)) };
}
