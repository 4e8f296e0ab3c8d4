import type { ConnectCause, DownReason } from "./reason.ts";

const CAUSES: Readonly<Record<ConnectCause, string>> = {
  PeerDown: "the router is down or unreachable",
  PortBlocked: "TCP port 179 is filtered on the way",
  WrongKey: "the key differs, or only one side has one",
  TtlCheck: "one side checks the TTL (ttl-security)",
  UnknownSource: "the router does not know the address that this node connects from",
  NothingListens: "nothing listens on TCP port 179 of the router",
  NoRoute: "this node has no route to it",
  SourceMissing: "the address or link to connect from is not on this node",
  SystemRefused: "this node's kernel refused it",
};

/** The sentence for the operator: what was seen, and what may be behind it. No final period. */
export function describeDown(reason: DownReason): string {
  switch (reason.code) {
    case "ConnectFailed": {
      const seen = reason.error === undefined ? "The router does not answer" : `Connecting failed (${reason.error})`;
      const known = reason.causes.map((cause) => CAUSES[cause]).join(", or ");
      return `${seen}: ${known}`;
    }
    case "ClosedBeforeOpen":
      return "The router accepts the connection and closes it before it says anything: it has no neighbor for the address that this node connects from, or keeps the neighbor down";
    case "ConnectionLost":
      return reason.error === undefined
        ? "The router closed the connection without a word"
        : `The connection was lost (${reason.error})`;
    case "PeerAsnMismatch":
      return reason.got === undefined
        ? "The router expects another AS number of this speaker"
        : `The router says that it is AS ${reason.got}, which the peer object does not`;
    case "BadRouterId":
      return reason.by === "local"
        ? "The router's identifier is 0, or this speaker's own"
        : "The router refuses this speaker's identifier: it must be unique and not 0";
    case "UnacceptableHoldTime":
      return reason.by === "local"
        ? `The router proposes a Hold Time of ${reason.seconds} s, which this speaker refuses`
        : `The router refuses a Hold Time of ${reason.seconds} s`;
    case "UnsupportedCapability":
      return `The router refuses capabilities of the OPEN${reason.capabilities.length > 0 ? ` (${reason.capabilities.join(", ")})` : ""}`;
    case "NoCommonFamily":
      return "The router has none of the address families activated that are to be announced";
    case "RoleMismatch":
      return "The router expects another role of this speaker (RFC 9234)";
    case "SessionCollision":
      return reason.by === "local"
        ? "Another connection with the router is kept"
        : "The router has another session with this node: does another speaker run here?";
    case "HoldTimerExpired":
      return reason.by === "local"
        ? "Nothing was heard from the router for the Hold Time"
        : "The router has heard nothing from this speaker for the Hold Time";
    case "SendHoldTimerExpired":
      return reason.by === "local" ? "The router reads nothing" : "The router could send nothing to this speaker";
    case "MaxPrefix":
      return `The router takes no more prefixes${reason.limit === undefined ? "" : ` than ${reason.limit.prefixes}`}, and may stay down until it is cleared there`;
    case "PeerShutDown":
      return `The router's operator has shut the session down${quoted(reason.text)}`;
    case "PeerReset":
      return `The router's operator has reset the session${quoted(reason.text)}`;
    case "PeerDeconfigured":
      return "The router's operator has removed the neighbor";
    case "ConnectionRejected":
      return "The router rejects the connection";
    case "PeerChanged":
      return "The router's configuration has changed";
    case "PeerOutOfResources":
      return "The router is out of resources";
    case "PeerBfdDown":
      return "The router's BFD has declared this node down";
    case "HardReset":
      return `${describeDown(reason.inner)}; routes are removed at once`;
    case "NotificationReceived":
      return `The router ended the session: ${reason.words}`;
    case "MalformedMessage":
      return `The router sent what no speaker may: ${reason.words}`;
    case "UnexpectedMessage":
      return `The router sent what this state of the session has no place for: ${reason.message}`;
    case "AdministrativeShutdown":
      return `Shut down here${quoted(reason.text ?? "")}`;
    case "Deconfigured":
      return "The peer object is gone, or does not select this node any more";
    case "ConfigurationChange":
      return "The peer object has changed";
    case "BfdDown":
      return "BFD has declared the router down";
    case "Restarting":
      return "The speaker restarts; the router keeps the routes for the restart time";
    case "SourceGone":
      return "The address that the session came from is not on this node any more";
  }
}

function quoted(text: string): string {
  return text === "" ? "" : `: "${text}"`;
}
