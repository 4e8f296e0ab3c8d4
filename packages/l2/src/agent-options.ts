import type { Datagrams, Link, Links, OpenLinkSocket } from "@fairlead/linux";
import type { AddressRange, IpAddress } from "@fairlead/net";
import type { Clock, Log, Millis } from "@fairlead/runtime";
import type { Layer2Event } from "./events.ts";
import type { HeartbeatKeys } from "./heartbeat/keys.ts";
import type { Candidates } from "./ownership/state.ts";
import type { OwnershipTiming } from "./ownership/timing.ts";
import type { Responder } from "./ports.ts";

/** An address that some node is to answer for. */
export interface WantedAddress {
  /** Canonical text. */
  readonly address: string;
  /** Nodes that may, and on which of their links. */
  readonly nodes: Candidates["nodes"];
  /** Groups that the address is in: on one link, those of one group go to different nodes while there are nodes enough. */
  readonly groups?: readonly string[];
  /** Whether several nodes answer for it, each for its part of the clients. */
  readonly isShared?: boolean;
  /** Whether it came up while this speaker ran: nobody can have announced it before. */
  readonly isNew?: boolean;
}

/** What an {@link Agent} is to do. */
export interface Layer2Wish {
  /** All addresses that some node is to answer for. What is no longer among them is given up. */
  readonly addresses: readonly WantedAddress[];
  /** Those that this node does not forward yet: their links are joined before. */
  readonly expected: readonly WantedAddress[];
  /** Where more may come from: their links are joined before, so that the first one need not wait. */
  readonly ranges: readonly AddressRange[];
  /** All nodes, with their addresses: those that are in a link's subnet may have a speaker there. */
  readonly nodes: ReadonlyMap<string, readonly IpAddress[]>;
  /** Whether this node forwards for what it wants. Until then others do not leave anything to it. */
  readonly ready: boolean;
}

/** What an {@link Agent} needs. */
export interface AgentOptions {
  readonly node: string;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** The second path of heartbeats; absent without one. */
  readonly openDatagrams?: (onDatagram: (octets: Uint8Array, from: IpAddress) => void) => Promise<Datagrams>;
  /** Makes the best responder that the link allows. */
  readonly makeResponder: (link: Link) => Promise<Responder>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: Layer2Event) => void;
}

/** When a speaker was last heard, and after how long a silence it counts as gone. */
export interface Heard {
  /** By the monotonic clock. */
  readonly at: Millis;
  readonly detection: Millis;
}
