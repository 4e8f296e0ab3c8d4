import { ByteReader, DecodeError, type Family } from "@fairlead/net";
import { unicastFamily } from "../packet/family.ts";
import type { NotificationMessage } from "../packet/message.ts";
import { notificationName } from "../packet/notification-names.ts";

/** What is not offered to a peer any more, since it refused it. Kept until the peer's configuration changes. */
export interface Concessions {
  /** A longer Hold Time than the configured one, in seconds. */
  readonly holdTimeSeconds: number | undefined;
  /** Codes of capabilities left out (RFC 5492 §5), other than those below and of four-octet AS numbers. */
  readonly capabilities: readonly number[];
  /** Families left out. */
  readonly families: readonly Family[];
}

/** All is offered. */
export const NO_CONCESSIONS: Concessions = { holdTimeSeconds: undefined, capabilities: [], families: [] };

const LONGER_HOLD_TIMES = [20, 90];
const MULTIPROTOCOL = 1;
const FOUR_OCTET_AS = 65;

/** What is offered after the peer has refused the last OPEN; the same as before if nothing can be left out for it. */
export function concede(before: Concessions, offeredHold: number, refusal: NotificationMessage): Concessions {
  switch (notificationName(refusal.code, refusal.subcode)) {
    case "UnacceptableHoldTime": {
      const longer = LONGER_HOLD_TIMES.find((seconds) => seconds > offeredHold);
      return longer === undefined || offeredHold === 0 ? before : { ...before, holdTimeSeconds: longer };
    }
    case "UnsupportedCapability": {
      const { codes, families } = refusedCapabilities(refusal.data);
      const others = codes.filter((code) => code !== MULTIPROTOCOL && code !== FOUR_OCTET_AS);
      return {
        ...before,
        capabilities: [...new Set([...before.capabilities, ...others])],
        families: [...new Set([...before.families, ...families])],
      };
    }
    default:
      return before;
  }
}

/** The capabilities that a NOTIFICATION "Unsupported Capability" lists (RFC 5492 §5), as far as they can be read. */
export function refusedCapabilities(data: Uint8Array): { readonly codes: number[]; readonly families: Family[] } {
  const codes: number[] = [];
  const families: Family[] = [];
  const reader = new ByteReader("unsupported capabilities", data);
  try {
    while (reader.remaining > 0) {
      const code = reader.u8("code");
      const value = reader.octets("value", reader.u8("length"));
      codes.push(code);
      const [afiHigh = 0, afi = 0, , safi = 0] = value;
      const family = code === MULTIPROTOCOL ? unicastFamily({ afi: afiHigh * 256 + afi, safi }) : undefined;
      if (family !== undefined) families.push(family);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return { codes, families };
}
