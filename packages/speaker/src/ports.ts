import type { EventNote, StatusPatch } from "@fairlead/kube";
import type { Responder } from "@fairlead/l2";
import type { Datagrams, Link, Links, OpenLinkSocket } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";
import type { ForwardingTable } from "./forwarding/index.ts";

/** The node, as the speaker acts on it. */
export interface NodePorts {
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** The second path of heartbeats; absent without one. */
  readonly openDatagrams?: (onDatagram: (octets: Uint8Array, from: IpAddress) => void) => Promise<Datagrams>;
  /** Makes the best responder that the link allows. */
  readonly makeResponder: (link: Link) => Promise<Responder>;
  readonly forwarding: {
    /** Makes the node forward by the table. @throws when it could not; it goes on as before. */
    apply(table: ForwardingTable): Promise<void>;
  };
}

/** Where the speaker says what it does. Neither call fails: what can't be said now is said later, or never. */
export interface Reporter {
  /** The whole status of this node's SpeakerStatus; written when it differs from what was written last. */
  status(status: StatusPatch): void;
  note(event: EventNote): void;
}
