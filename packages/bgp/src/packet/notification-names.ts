/**
 * The errors that a NOTIFICATION can name, as [error code, error subcode, words of the RFC]: RFC 4271 §4.5 and §6, RFC 5492 §5, RFC 6608 §3,
 * RFC 7313 §5, RFC 4486 §3, RFC 8538 §3, RFC 9234 §4.2, RFC 9384 §3, RFC 9687 §3.3.
 */
export const NOTIFICATION_CODES = {
  MessageHeaderError: [1, 0, "Message Header Error"],
  ConnectionNotSynchronized: [1, 1, "Connection Not Synchronized"],
  BadMessageLength: [1, 2, "Bad Message Length"],
  BadMessageType: [1, 3, "Bad Message Type"],
  OpenMessageError: [2, 0, "OPEN Message Error"],
  UnsupportedVersionNumber: [2, 1, "Unsupported Version Number"],
  BadPeerAs: [2, 2, "Bad Peer AS"],
  BadBgpIdentifier: [2, 3, "Bad BGP Identifier"],
  UnsupportedOptionalParameter: [2, 4, "Unsupported Optional Parameter"],
  UnacceptableHoldTime: [2, 6, "Unacceptable Hold Time"],
  UnsupportedCapability: [2, 7, "Unsupported Capability"],
  RoleMismatch: [2, 11, "Role Mismatch"],
  UpdateMessageError: [3, 0, "UPDATE Message Error"],
  MalformedAttributeList: [3, 1, "Malformed Attribute List"],
  UnrecognizedWellKnownAttribute: [3, 2, "Unrecognized Well-known Attribute"],
  MissingWellKnownAttribute: [3, 3, "Missing Well-known Attribute"],
  AttributeFlagsError: [3, 4, "Attribute Flags Error"],
  AttributeLengthError: [3, 5, "Attribute Length Error"],
  InvalidOriginAttribute: [3, 6, "Invalid ORIGIN Attribute"],
  InvalidNextHopAttribute: [3, 8, "Invalid NEXT_HOP Attribute"],
  OptionalAttributeError: [3, 9, "Optional Attribute Error"],
  InvalidNetworkField: [3, 10, "Invalid Network Field"],
  MalformedAsPath: [3, 11, "Malformed AS_PATH"],
  HoldTimerExpired: [4, 0, "Hold Timer Expired"],
  FiniteStateMachineError: [5, 0, "Finite State Machine Error"],
  UnexpectedMessageInOpenSent: [5, 1, "Receive Unexpected Message in OpenSent State"],
  UnexpectedMessageInOpenConfirm: [5, 2, "Receive Unexpected Message in OpenConfirm State"],
  UnexpectedMessageInEstablished: [5, 3, "Receive Unexpected Message in Established State"],
  Cease: [6, 0, "Cease"],
  MaximumNumberOfPrefixesReached: [6, 1, "Maximum Number of Prefixes Reached"],
  AdministrativeShutdown: [6, 2, "Administrative Shutdown"],
  PeerDeconfigured: [6, 3, "Peer De-configured"],
  AdministrativeReset: [6, 4, "Administrative Reset"],
  ConnectionRejected: [6, 5, "Connection Rejected"],
  OtherConfigurationChange: [6, 6, "Other Configuration Change"],
  ConnectionCollisionResolution: [6, 7, "Connection Collision Resolution"],
  OutOfResources: [6, 8, "Out of Resources"],
  HardReset: [6, 9, "Hard Reset"],
  BfdDown: [6, 10, "BFD Down"],
  RouteRefreshMessageError: [7, 0, "ROUTE-REFRESH Message Error"],
  RouteRefreshInvalidMessageLength: [7, 1, "Invalid Message Length"],
  SendHoldTimerExpired: [8, 0, "Send Hold Timer Expired"],
} as const satisfies Record<string, readonly [code: number, subcode: number, words: string]>;

/** An error that a NOTIFICATION can name. */
export type NotificationName = keyof typeof NOTIFICATION_CODES;

const NAMES = new Map(
  Object.entries(NOTIFICATION_CODES).map(([name, [code, subcode]]) => [code * 256 + subcode, name as NotificationName]),
);

/** The name for an error code and subcode; undefined if no RFC named above has the two. */
export function notificationName(code: number, subcode: number): NotificationName | undefined {
  return NAMES.get(code * 256 + subcode);
}
