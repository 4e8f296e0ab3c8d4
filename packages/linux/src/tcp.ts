import type { KeyObject } from "node:crypto";
import type { IpAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import type { Link } from "./ports.ts";
import type { SystemCallError } from "./system-call-error.ts";

/** One end of a TCP connection. */
export interface TcpEnd {
  readonly address: IpAddress;
  readonly port: number;
}

/** What a connection to a peer is made with. All of it is set before the first segment leaves, or the attempt fails. */
export interface ConnectOptions {
  readonly to: TcpEnd;
  /** The link that a link-local address is on. */
  readonly link?: Pick<Link, "index" | "name">;
  /** The address of this node to connect from; the kernel's choice by its routes unless told. */
  readonly localAddress?: IpAddress;
  /** Name of a link or VRF that the socket is bound to (SO_BINDTODEVICE, socket(7)). */
  readonly device?: string;
  /** The key of RFC 2385 (TCP-MD5), 1 to 80 octets. A KeyObject shows nothing of itself when it is logged. */
  readonly key?: KeyObject;
  /** Time to live, or hop limit, of what is sent: 1 to 255; the kernel's own unless told. */
  readonly ttl?: number;
  /** Segments with a lower time to live, or hop limit, are dropped by the kernel (RFC 5082): 1 to 255; none unless told. */
  readonly minimumTtl?: number;
  /** How long sent octets may stay unacknowledged (RFC 5482) before the kernel ends the connection. */
  readonly userTimeout?: Millis;
  /** Limit of a segment's payload (TCP_MAXSEG, tcp(7)), in octets; what the path allows unless told. */
  readonly maximumSegment?: number;
}

/** What a connection tells. Nothing is told within the call that makes the connection, nor after it was closed or aborted here. */
export interface TcpEvents {
  /** It is there: octets may be sent. Not told of connections that were accepted. */
  connected(): void;
  /** Octets have come. They are the receiver's to keep. */
  received(octets: Uint8Array): void;
  /** The kernel has taken octets that had waited; {@link TcpConnection.waiting} is less than it was. */
  progressed(): void;
  /**
   * It is gone, or never came to be; told once, and last.
   *
   * @param error - what failed, its code being the kernel's ("ECONNREFUSED", "ETIMEDOUT"); undefined when the peer closed in order.
   */
  closed(error: SystemCallError | undefined): void;
}

/** A TCP connection, or the attempt at one. */
export interface TcpConnection {
  /** Both ends; undefined until it is connected. */
  readonly ends: { readonly local: TcpEnd; readonly remote: TcpEnd } | undefined;
  /** Octets given to {@link send} that the kernel has not taken yet. */
  readonly waiting: number;
  /** Sends octets, in order, at once (no delay of Nagle's). They must not change afterwards. Lost unless connected. */
  send(octets: Uint8Array): void;
  /**
   * Sends what waits, then its own end, and reads until the peer's end comes, a second at most: a socket closed with unread
   * octets would be reset, and what was sent last be lost (RFC 1122 §4.2.2.13). Nothing more is told.
   */
  close(): void;
  /** Ends it at once; what waits is lost. Nothing more is told. Ending twice does nothing. */
  abort(): void;
}

/**
 * Begins to connect. Never throws: an option that the kernel refuses is told like any other failure, and nothing is sent
 * without it.
 */
export type ConnectTcp = (options: ConnectOptions, events: TcpEvents) => TcpConnection;

/** What connections of peers are accepted with. */
export interface ListenOptions {
  readonly address: IpAddress;
  readonly port: number;
  /** Keys of RFC 2385 by peer: its segments must be signed, from the first one on. */
  readonly keys?: readonly { readonly peer: IpAddress; readonly key: KeyObject }[];
}

/** Accepts connections until it is closed. */
export interface TcpListener {
  /** Closing twice does nothing. Connections that were accepted stay. */
  close(): void;
}

/**
 * Listens for connections.
 *
 * @param accept - called with each connection and returns who is told of what comes by it.
 * @throws SystemCallError when the address is not this node's, the port is taken, or a key is refused.
 */
export type ListenTcp = (options: ListenOptions, accept: (connection: TcpConnection) => TcpEvents) => TcpListener;
