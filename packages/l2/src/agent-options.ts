import type { Datagrams, Link, Links, OpenLinkSocket } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";
import type { Clock, Log, Millis } from "@fairlead/runtime";
import type { Conflict, Finding, Move } from "./events.ts";
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
  readonly onMove: (move: Move) => void;
  /** Told of each address that another host is found to use. */
  readonly onConflict: (conflict: Conflict) => void;
  /** Told of each address of another node whose wire check fails. */
  readonly onFinding: (finding: Finding) => void;
  /** Told when report() may have changed for another reason than a move. */
  readonly onChange: () => void;
}

/** When a speaker was last heard, and after how long a silence it counts as gone. */
export interface Heard {
  /** By the monotonic clock. */
  readonly at: Millis;
  readonly detection: Millis;
}
