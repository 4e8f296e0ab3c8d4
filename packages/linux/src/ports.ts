import type { IpAddress, Mac, Prefix } from "@fairlead/net";
import type { Cancel } from "@fairlead/runtime";
import type { BpfProgram } from "./packet/bpf.ts";

/** A network interface of this node as the kernel has it. */
export interface Link {
  /** Interface index, 1 or more; a new link never gets the index of one that is still there. */
  readonly index: number;
  readonly name: string;
  /** Its Ethernet address; all zeros for links without one (loopback, tunnels). */
  readonly mac: Mac;
  /** Largest payload of a frame, in octets. */
  readonly mtu: number;
  /** Whether it is administratively up and has carrier (IFF_UP and IFF_LOWER_UP). */
  readonly up: boolean;
  readonly loopback: boolean;
  /** Whether it does without ARP (IFF_NOARP). */
  readonly noArp: boolean;
  /** Index of the bridge, bond or VRF that it is enslaved to; frames then belong to that link. */
  readonly master?: number;
  /** Its own addresses with their subnets, in the kernel's order. */
  readonly addresses: readonly Prefix[];
  /** The routers that routes of the main table go by on this link, ascending; each once. */
  readonly gateways: readonly IpAddress[];
}

/** The links of this node, kept up to date until closed. */
export interface Links {
  /** All links, in ascending order of index. */
  current(): readonly Link[];
  /** Runs `listener` after `current()` has changed; several changes may come as one. */
  onChange(listener: () => void): Cancel;
  close(): void;
}

/** Sends and receives whole Ethernet frames on one link. */
export interface LinkSocket {
  /**
   * Sends a frame, Ethernet header included, 14 octets to MTU + 14. As on a wire, a frame for a link that is down or
   * congested is lost without a word.
   *
   * @throws SystemCallError when the frame itself cannot be sent (too long, too short) or the socket is closed.
   */
  send(frame: Uint8Array): void;
  /** Stops receiving at once. Closing twice does nothing. */
  close(): void;
}

/**
 * Opens a socket on `link` that hands `onFrame` every untagged frame of one of the `etherTypes` that is sent to the
 * link's own address, to all, or to one of the groups that it joins. Frames to other groups may come or not. Frames that
 * this node sends do not. It survives the link going down and up. Without EtherTypes it hears nothing, and sends alone.
 *
 * @throws SystemCallError without the right to (CAP_NET_RAW) or when the link is gone.
 */
export type OpenLinkSocket = (
  link: Link,
  etherTypes: readonly number[],
  onFrame: (frame: Uint8Array) => void,
  options?: LinkSocketOptions,
) => LinkSocket;

/** What a {@link LinkSocket} may be told beside. */
export interface LinkSocketOptions {
  /** Ethernet multicast addresses, joined while it is open; none unless told. */
  readonly groups?: readonly Mac[];
  /** Lets frames through or not, in the kernel; all of them unless told. */
  readonly filter?: BpfProgram;
  /**
   * The packet mark (SO_MARK, socket(7)) that its frames leave this node with, 1 to 2^32-1; none unless told. Rules of
   * nftables see it. It takes CAP_NET_ADMIN, so nobody without that makes frames that look the same to them.
   */
  readonly mark?: number;
}

/** Sends and receives UDP datagrams on one port of this node. */
export interface Datagrams {
  /** Sends one to the same port of another node; as on a wire, it may be lost without a word. */
  send(octets: Uint8Array, to: IpAddress): void;
  /** Stops receiving at once. Closing twice does nothing. */
  close(): void;
}

/** Opens a port for datagrams. @throws SystemCallError when it is taken. */
export type OpenDatagrams = (
  port: number,
  onDatagram: (octets: Uint8Array, from: IpAddress) => void,
) => Promise<Datagrams>;

/** Asks hosts for a sign of life by ICMP or ICMPv6 Echo, by whatever way the kernel's routes go. */
export interface Echo {
  /**
   * Sends an Echo message; as on a wire, it may be lost without a word.
   *
   * @param data - what the reply is to repeat, 64 octets at most.
   * @returns false if this node could not send it for a reason of its own: it forbids it, or has no such family. True where
   *   there is no way to that address.
   */
  send(data: Uint8Array, to: IpAddress): boolean;
  /** Stops receiving at once. Closing twice does nothing. */
  close(): void;
}

/**
 * Opens what asks, and hands `onReply` the data of each reply to its messages, with who sent it.
 *
 * @throws SystemCallError without the right to (CAP_NET_RAW).
 */
export type OpenEcho = (onReply: (data: Uint8Array, from: IpAddress) => void) => Echo;

/**
 * IPv6 addresses that this node shares with others (anycast, RFC 4291 §2.6), joined on one link: the kernel is in their
 * solicited-node groups, tells switches so (MLD), and answers solicitations for them with Override clear. All ends with
 * the process.
 */
export interface AnycastMemberships {
  /**
   * Joining twice does nothing.
   *
   * @throws SystemCallError when the kernel refuses, as for an address of this node's own, or one outside of the link's
   * subnets on a node that does not forward.
   */
  join(address: IpAddress): void;
  /** Leaving what is not joined does nothing. @throws SystemCallError */
  leave(address: IpAddress): void;
  /** Leaves all. @throws SystemCallError */
  close(): void;
}

/** Opens memberships on a link. @throws SystemCallError without the right to (CAP_NET_ADMIN, CAP_NET_RAW). */
export type OpenAnycast = (link: Link) => AnycastMemberships;

/** Neighbor Discovery (RFC 4861) from this process, on one link. Groups are left when it is closed. */
export interface NdpSocket {
  /** Hears what is sent to a multicast group from now on, and has the switches told (MLD). @throws SystemCallError */
  join(group: IpAddress): void;
  /** @throws SystemCallError */
  leave(group: IpAddress): void;
  /** Sends an ICMPv6 message with hop limit 255 and the right checksum; it may be lost without a word. */
  send(message: Uint8Array, destination: IpAddress): void;
  /** Closing twice does nothing. */
  close(): void;
}

/**
 * Opens a socket on `link` that hands `onSolicitation` each Neighbor Solicitation that came with hop limit 255 and a right
 * checksum: the ICMPv6 message, and where it came from.
 *
 * @throws SystemCallError without the right to (CAP_NET_RAW) or when the link is gone.
 */
export type OpenNdpSocket = (link: Link, onSolicitation: (message: Uint8Array, source: IpAddress) => void) => NdpSocket;
