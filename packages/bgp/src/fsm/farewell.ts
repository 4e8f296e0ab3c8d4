import { type NotificationMessage, notification } from "../packet/message.ts";
import type { StopReason } from "./reason.ts";

const LONGEST_TEXT = 255;

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
      return notification("AdministrativeShutdown", encodeText(reason.text ?? ""));
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

// RFC 9003 §2: a length, then UTF-8; nothing at all says the same as an empty text. Cut before a character, never within one.
function encodeText(text: string): Uint8Array {
  if (text === "") return new Uint8Array();
  const octets = new Uint8Array(LONGEST_TEXT);
  const { written } = new TextEncoder().encodeInto(text, octets);
  return Uint8Array.of(written, ...octets.subarray(0, written));
}
