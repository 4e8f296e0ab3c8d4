import type { NotificationMessage } from "../packet/message.ts";
import { type NotificationName, notificationName } from "../packet/notification-names.ts";
import { refusedCapabilities } from "./concede.ts";
import type { DownReason } from "./reason.ts";

/** What a NOTIFICATION of the peer's says. @param offeredHold - the Hold Time that the last OPEN proposed, in seconds. */
export function notified(received: NotificationMessage, offeredHold: number): DownReason {
  const { code, subcode, data } = received;
  const name = notificationName(code, subcode);
  if (name === "HardReset" && data.length >= 2) {
    const [innerCode = 0, innerSubcode = 0] = data;
    const inner = { ...received, code: innerCode, subcode: innerSubcode, data: data.slice(2) };
    // What is wrapped once more says no more (RFC 8538 §3).
    return { code: "HardReset", inner: reasonFor(notificationName(innerCode, innerSubcode), inner, offeredHold) };
  }
  return reasonFor(name, received, offeredHold);
}

function reasonFor(name: NotificationName | undefined, received: NotificationMessage, offeredHold: number): DownReason {
  switch (name) {
    case "BadPeerAs":
      return { code: "PeerAsnMismatch", got: undefined };
    case "BadBgpIdentifier":
      return { code: "BadRouterId", by: "peer" };
    case "UnacceptableHoldTime":
      return { code: "UnacceptableHoldTime", by: "peer", seconds: offeredHold };
    case "UnsupportedCapability":
      return { code: "UnsupportedCapability", codes: refusedCapabilities(received.data).codes };
    case "RoleMismatch":
      return { code: "RoleMismatch" };
    case "HoldTimerExpired":
      return { code: "HoldTimerExpired", by: "peer" };
    case "SendHoldTimerExpired":
      return { code: "SendHoldTimerExpired", by: "peer" };
    case "MaximumNumberOfPrefixesReached":
      return { code: "MaxPrefix", ...prefixLimit(received.data) };
    case "AdministrativeShutdown":
      return { code: "PeerShutDown", text: shutdownText(received.data) };
    case "AdministrativeReset":
      return { code: "PeerReset", text: shutdownText(received.data) };
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
      return { code: "NotificationReceived", notification: received };
  }
}

// RFC 4486 §4: AFI, SAFI, limit; or nothing.
function prefixLimit(data: Uint8Array): Pick<Extract<DownReason, { code: "MaxPrefix" }>, "family" | "limit"> {
  if (data.length < 7) return { family: undefined, limit: undefined };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { family: { afi: view.getUint16(0), safi: view.getUint8(2) }, limit: view.getUint32(3) };
}

// RFC 9003 §2. It goes to logs and statuses: no control characters, and none that turn the direction of writing.
function shutdownText(data: Uint8Array): string {
  const text = new TextDecoder().decode(data.subarray(1, 1 + (data[0] ?? 0)));
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
}
