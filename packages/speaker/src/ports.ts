import type { EventNote, StatusPatch } from "@fairlead/kube";
import type { Responder } from "@fairlead/l2";
import type { Datagrams, Link, Links, OpenEcho, OpenLinkSocket } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";

/** The node, as the speaker acts on it. */
export interface NodePorts {
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** Asks nodes for a sign of life; absent where only neighbours can be asked. */
  readonly openEcho?: OpenEcho;
  /** The second path of heartbeats; absent without one. */
  readonly openDatagrams?: (onDatagram: (octets: Uint8Array, from: IpAddress) => void) => Promise<Datagrams>;
  /** Makes the best responder that the link allows. */
  readonly makeResponder: (link: Link) => Promise<Responder>;
}

/** What a node sees of others that is not in the API. Plain data. */
export interface Observation {
  /** Names of the nodes that give no sign of life, or do so too lately to be relied on. */
  readonly lost: ReadonlySet<string>;
}

/** Where the speaker says what it does. Neither call fails: what can't be said now is said later, or never. */
export interface Reporter {
  /** The whole status of this node's SpeakerStatus; written when it differs from what was written last. */
  status(status: StatusPatch): void;
  note(event: EventNote): void;
  /** What this node sees of others; it is decided on anew. */
  observe(seen: Observation): void;
}
