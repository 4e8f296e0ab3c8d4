import type { Link, OpenLinkSocket } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";
import type { Clock, Log } from "@fairlead/runtime";
import type { Conflict, Finding, Move } from "./events.ts";
import type { HeartbeatKeys } from "./heartbeat/keys.ts";
import type { OwnershipTiming } from "./ownership/timing.ts";
import type { Responder } from "./ports.ts";

/** What an agent of one link needs. */
export interface LinkAgentOptions {
  readonly node: string;
  readonly link: Link;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly openLinkSocket: OpenLinkSocket;
  /** Sends a datagram to another speaker's port; it may be lost without a word. */
  readonly sendDatagram: (octets: Uint8Array, to: IpAddress) => void;
  readonly responder: Responder;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMove: (move: Move) => void;
  /** Told of each address that another host is found to use. */
  readonly onConflict: (conflict: Conflict) => void;
  /** Told of each address of another node whose wire check fails. */
  readonly onFinding: (finding: Finding) => void;
  /** Told when the neighbors have changed. */
  readonly onChange: () => void;
}
