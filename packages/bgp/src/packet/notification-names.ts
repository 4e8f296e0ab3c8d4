/**
 * The errors that a NOTIFICATION can name, as [error code, error subcode]: RFC 4271 §4.5 and §6, RFC 5492 §5, RFC 6608 §3,
 * RFC 7313 §5, RFC 4486 §3, RFC 8538 §3, RFC 9234 §4.2, RFC 9384 §3, RFC 9687 §3.3.
 */
export const NOTIFICATION_CODES = {
  MessageHeaderError: [1, 0],
  ConnectionNotSynchronized: [1, 1],
  BadMessageLength: [1, 2],
  BadMessageType: [1, 3],
  OpenMessageError: [2, 0],
  UnsupportedVersionNumber: [2, 1],
  BadPeerAs: [2, 2],
  BadBgpIdentifier: [2, 3],
  UnsupportedOptionalParameter: [2, 4],
  UnacceptableHoldTime: [2, 6],
  UnsupportedCapability: [2, 7],
  RoleMismatch: [2, 11],
  UpdateMessageError: [3, 0],
  MalformedAttributeList: [3, 1],
  UnrecognizedWellKnownAttribute: [3, 2],
  MissingWellKnownAttribute: [3, 3],
  AttributeFlagsError: [3, 4],
  AttributeLengthError: [3, 5],
  InvalidOriginAttribute: [3, 6],
  InvalidNextHopAttribute: [3, 8],
  OptionalAttributeError: [3, 9],
  InvalidNetworkField: [3, 10],
  MalformedAsPath: [3, 11],
  HoldTimerExpired: [4, 0],
  FiniteStateMachineError: [5, 0],
  UnexpectedMessageInOpenSent: [5, 1],
  UnexpectedMessageInOpenConfirm: [5, 2],
  UnexpectedMessageInEstablished: [5, 3],
  Cease: [6, 0],
  MaximumNumberOfPrefixesReached: [6, 1],
  AdministrativeShutdown: [6, 2],
  PeerDeconfigured: [6, 3],
  AdministrativeReset: [6, 4],
  ConnectionRejected: [6, 5],
  OtherConfigurationChange: [6, 6],
  ConnectionCollisionResolution: [6, 7],
  OutOfResources: [6, 8],
  HardReset: [6, 9],
  BfdDown: [6, 10],
  RouteRefreshMessageError: [7, 0],
  RouteRefreshInvalidMessageLength: [7, 1],
  SendHoldTimerExpired: [8, 0],
} as const satisfies Record<string, readonly [code: number, subcode: number]>;

/** An error that a NOTIFICATION can name. */
export type NotificationName = keyof typeof NOTIFICATION_CODES;

const NAMES = new Map(
  Object.entries(NOTIFICATION_CODES).map(([name, [code, subcode]]) => [code * 256 + subcode, name as NotificationName]),
);

/** The name for an error code and subcode; undefined if no RFC named above has the two. */
export function notificationName(code: number, subcode: number): NotificationName | undefined {
  return NAMES.get(code * 256 + subcode);
}
