import { explainNotification, type NotificationMeaning } from "../packet/explain-notification.ts";
import type { NotificationMessage } from "../packet/message.ts";
import type { DownReason } from "./reason.ts";

/** What a NOTIFICATION of the peer's says. @param offeredHold - the Hold Time that the last OPEN proposed, in seconds. */
export function notified(received: NotificationMessage, offeredHold: number): DownReason {
  const meaning = explainNotification(received);
  if (meaning.inner === undefined) return reasonFor(meaning, offeredHold);
  return { code: "HardReset", inner: reasonFor(meaning.inner, offeredHold) };
}

function reasonFor(meaning: NotificationMeaning, offeredHold: number): DownReason {
  const { name, words, communication = "", limit, capabilities = [] } = meaning;
  switch (name) {
    case "BadPeerAs":
      return { code: "PeerAsnMismatch", got: undefined };
    case "BadBgpIdentifier":
      return { code: "BadRouterId", by: "peer" };
    case "UnacceptableHoldTime":
      return { code: "UnacceptableHoldTime", by: "peer", seconds: offeredHold };
    case "UnsupportedCapability":
      return { code: "UnsupportedCapability", capabilities: capabilities.map(({ kind }) => kind) };
    case "RoleMismatch":
      return { code: "RoleMismatch" };
    case "HoldTimerExpired":
      return { code: "HoldTimerExpired", by: "peer" };
    case "SendHoldTimerExpired":
      return { code: "SendHoldTimerExpired", by: "peer" };
    case "MaximumNumberOfPrefixesReached":
      return { code: "MaxPrefix", limit };
    case "AdministrativeShutdown":
      return { code: "PeerShutDown", text: communication };
    case "AdministrativeReset":
      return { code: "PeerReset", text: communication };
    case "PeerDeconfigured":
      return { code: "PeerDeconfigured" };
    case "ConnectionRejected":
      return { code: "ConnectionRejected" };
    case "OtherConfigurationChange":
      return { code: "PeerChanged" };
    case "ConnectionCollisionResolution":
      return { code: "SessionCollision", by: "peer" };
    case "OutOfResources":
      return { code: "PeerOutOfResources" };
    case "BfdDown":
      return { code: "PeerBfdDown" };
    default:
      return { code: "NotificationReceived", words };
  }
}
