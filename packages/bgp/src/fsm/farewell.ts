import { type NotificationMessage, notification } from "../packet/message.ts";
import { writeCommunication } from "../packet/shutdown-communication.ts";
import type { StopReason } from "./reason.ts";

/**
 * What the peer is told when this speaker ends the session.
 *
 * @param hard - whether it is to remove the routes at once although it would keep them (RFC 8538 §3).
 * @returns undefined where nothing is to be told: the routes are to stay, or the address that would send it is gone.
 */
export function farewell(reason: StopReason, hard: boolean): NotificationMessage | undefined {
  const cease = ceaseFor(reason);
  if (cease === undefined || !hard) return cease;
  return notification("HardReset", Uint8Array.of(cease.code, cease.subcode, ...cease.data));
}

function ceaseFor(reason: StopReason): NotificationMessage | undefined {
  switch (reason.code) {
    case "AdministrativeShutdown":
      return notification("AdministrativeShutdown", writeCommunication(reason.text ?? ""));
    case "Deconfigured":
      return notification("PeerDeconfigured");
    case "ConfigurationChange":
      return notification("OtherConfigurationChange");
    case "BfdDown":
      return notification("BfdDown");
    case "Restarting":
    case "SourceGone":
      return undefined;
  }
}
