import type { Prefix } from "@fairlead/net";
import type { PathAttribute } from "./attribute.ts";
import type { Capability } from "./capability.ts";
import type { AfiSafi } from "./family.ts";
import { NOTIFICATION_CODES, type NotificationName } from "./notification-names.ts";

/** In the OPEN's field of two octets, and in AS_PATHs of two octets, it stands for a larger AS number (RFC 6793 §3). */
export const AS_TRANS = 23456;

/** Begins a session (RFC 4271 §4.2); always of version 4. */
export interface OpenMessage {
  readonly kind: "open";
  /** My Autonomous System, 16 bits: {@link AS_TRANS} for a larger one, which the capability `fourOctetAs` has. */
  readonly as: number;
  /** Proposed Hold Time in seconds: 0, or 3 to 65535. */
  readonly holdTimeSeconds: number;
  /** BGP Identifier: any number of 32 bits but 0 (RFC 6286 §2.1). */
  readonly routerId: number;
  /** In the order sent; of equal ones the first counts. */
  readonly capabilities: readonly Capability[];
}

/** Announces and withdraws routes (RFC 4271 §4.3). Without anything it is End-of-RIB for IPv4 (RFC 4724 §2). */
export interface UpdateMessage {
  readonly kind: "update";
  /** IPv4 routes withdrawn; those of IPv6 are in the attribute `mpUnreach`. */
  readonly withdrawnRoutes: readonly Prefix[];
  /** At most one of each type; two of `mpUnreach` where routes announced count as withdrawn. */
  readonly attributes: readonly PathAttribute[];
  /** IPv4 routes announced with the attributes; those of IPv6 are in the attribute `mpReach`. */
  readonly nlri: readonly Prefix[];
}

/** Says why the session ends; the sender closes the connection (RFC 4271 §4.5). */
export interface NotificationMessage {
  readonly kind: "notification";
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** Says that the sender is alive (RFC 4271 §4.4). */
export interface KeepaliveMessage {
  readonly kind: "keepalive";
}

/** Asks for all routes of a family again (RFC 2918 §3). */
export interface RouteRefreshMessage {
  readonly kind: "routeRefresh";
  readonly family: AfiSafi;
  /** 0 is a request, 1 and 2 begin and end an answer (RFC 7313 §3.2); others are to be ignored. */
  readonly subtype: number;
}

/** A BGP-4 message, by what it does. */
export type Message = OpenMessage | UpdateMessage | NotificationMessage | KeepaliveMessage | RouteRefreshMessage;

/** The only KEEPALIVE there is. */
export const KEEPALIVE: KeepaliveMessage = { kind: "keepalive" };

/** A NOTIFICATION of this error, with the data that the error's RFC asks for. */
export function notification(name: NotificationName, data: Uint8Array = new Uint8Array()): NotificationMessage {
  const [code, subcode] = NOTIFICATION_CODES[name];
  return { kind: "notification", code, subcode, data };
}

/** The AS that the sender of an OPEN is: its capability's word comes before its field's (RFC 6793 §4.1). */
export function speakerAs(open: OpenMessage): number {
  return open.capabilities.find((capability) => capability.kind === "fourOctetAs")?.as ?? open.as;
}
