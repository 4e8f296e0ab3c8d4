import { ByteReader } from "@fairlead/net";
import type { Capability } from "./capability.ts";
import { readCapabilities } from "./capability-codec.ts";
import type { AfiSafi } from "./family.ts";
import type { NotificationMessage } from "./message.ts";
import { decodeNotification } from "./notification.ts";
import { NOTIFICATION_CODES, type NotificationName, notificationName } from "./notification-names.ts";
import { readCommunication } from "./shutdown-communication.ts";
import { readOr } from "./update-fault.ts";

/** How many prefixes of a family a peer takes (RFC 4486 §4). */
export interface PrefixLimit {
  readonly family: AfiSafi;
  readonly prefixes: number;
}

/** What a NOTIFICATION says. Data that is not as its RFC has it says nothing. */
export interface NotificationMeaning {
  /** The error; undefined if it is in none of the RFCs that Fairlead knows. */
  readonly name?: NotificationName;
  /** The error in words, with code and subcode: "Cease: Administrative Shutdown (6/2)". */
  readonly words: string;
  /** What the peer's operator wrote (RFC 9003), without control characters; 255 octets of UTF-8 at most. */
  readonly communication?: string;
  /** Of a Hard Reset: the error that it stands for (RFC 8538 §3.1). */
  readonly inner?: NotificationMeaning;
  /** Of MaximumNumberOfPrefixesReached. */
  readonly limit?: PrefixLimit;
  /** Of UnsupportedCapability: those that the peer misses or will not have (RFC 5492 §5). */
  readonly capabilities?: readonly Capability[];
}

/** What the peer says, or said before it closed the connection. */
export function explainNotification(message: NotificationMessage): NotificationMeaning {
  const name = notificationName(message.code, message.subcode);
  const words = wordsOf(message, name);
  if (name === undefined) return { words };
  return { name, words, ...detailsOf(name, message.data) };
}

function wordsOf({ code, subcode }: NotificationMessage, name: NotificationName | undefined): string {
  const error = nameWords(notificationName(code, 0)) ?? "unknown error";
  const detail = subcode === 0 ? "" : `: ${nameWords(name) ?? "unknown subcode"}`;
  return `${error}${detail} (${code}/${subcode})`;
}

function nameWords(name: NotificationName | undefined): string | undefined {
  return name === undefined ? undefined : NOTIFICATION_CODES[name][2];
}

function detailsOf(name: NotificationName, data: Uint8Array): Partial<NotificationMeaning> {
  switch (name) {
    case "AdministrativeShutdown":
    case "AdministrativeReset":
      return orNothing(() => ({ communication: readCommunication(data) }));
    case "HardReset":
      return orNothing(() => ({ inner: innerMeaning(decodeNotification(data)) }));
    case "MaximumNumberOfPrefixesReached":
      return orNothing(() => ({ limit: readLimit(data) }));
    case "UnsupportedCapability":
      return orNothing(() => ({ capabilities: readCapabilities(data) }));
    default:
      return {};
  }
}

// A Hard Reset inside a Hard Reset says nothing; thousands of them fit into one message.
function innerMeaning(inner: NotificationMessage): NotificationMeaning {
  const name = notificationName(inner.code, inner.subcode);
  return name === "HardReset" ? { name, words: wordsOf(inner, name) } : explainNotification(inner);
}

function readLimit(data: Uint8Array): PrefixLimit {
  const r = new ByteReader("maximum number of prefixes", data);
  const family: AfiSafi = { afi: r.u16("AFI"), safi: r.u8("SAFI") };
  return { family, prefixes: r.u32("prefix upper bound") };
}

function orNothing(read: () => Partial<NotificationMeaning>): Partial<NotificationMeaning> {
  return readOr(read, () => ({}));
}
