import type { Link, LinkSocket, OpenLinkSocket } from "@fairlead/linux";
import { formatAddress, type IpAddress } from "@fairlead/net";
import type { Clock, Log } from "@fairlead/runtime";
import type { OwnershipTiming } from "../ownership/timing.ts";
import { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP, type Heartbeat, OPENING_MARK } from "../packet/heartbeat.ts";
import { HeartbeatFrames } from "./frames.ts";
import type { HeartbeatKeys } from "./keys.ts";
import { SecondPath } from "./second-path.ts";

/** First octet of a datagram whose sender does not hear the receiver on the link; 0 in others. A heartbeat follows. */
const ASKS = 1;

/** What a {@link HeartbeatChannel} needs. */
export interface HeartbeatChannelOptions {
  /** Name of this node. */
  readonly node: string;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly openLinkSocket: OpenLinkSocket;
  /** Sends a datagram to another speaker's port; it may be lost without a word. */
  readonly sendDatagram: (octets: Uint8Array, to: IpAddress) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** The link as it is now. */
  readonly link: () => Link;
  readonly onHeartbeat: (heartbeat: Heartbeat) => void;
}

/** Heartbeats of one link: on the link itself, and by unicast to those that are not heard there. */
export class HeartbeatChannel {
  readonly #options: HeartbeatChannelOptions;
  readonly #socket: LinkSocket;
  /** Sends what keeps this node's answers coming. */
  readonly #opening: LinkSocket;
  readonly #frames: HeartbeatFrames;
  readonly #secondPath: SecondPath;
  #expected: readonly string[] = [];
  #aside: ReturnType<SecondPath["targets"]> = [];

  /** @throws SystemCallError when the link cannot be listened to. */
  constructor(options: HeartbeatChannelOptions) {
    this.#options = options;
    const { timing, keys, clock, log, link, openLinkSocket } = options;
    this.#frames = new HeartbeatFrames({ keys, clock, log: log.child({ link: link().name }) });
    this.#secondPath = new SecondPath(timing);
    const groups = [HEARTBEAT_GROUP];
    this.#socket = openLinkSocket(link(), [HEARTBEAT_ETHERTYPE], (frame) => this.#hear(frame), { groups });
    try {
      this.#opening = openLinkSocket(link(), [], () => {}, { mark: OPENING_MARK });
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  /** Nodes that may have a speaker on the link, by name, with their addresses. */
  expect(nodes: ReadonlyMap<string, readonly IpAddress[]>): void {
    const { node: self, clock, link } = this.#options;
    for (const node of this.#expected) if (!nodes.has(node)) this.#secondPath.forget(node);
    this.#expected = [...nodes.keys()].filter((node) => node !== self);
    for (const node of this.#expected) {
      this.#secondPath.learn(node, nodes.get(node) ?? [], link().addresses, clock.monotonic());
    }
  }

  /** Looks to whom heartbeats are to go by unicast besides, until the next look. */
  look(): void {
    const { link, clock } = this.#options;
    // Without carrier, what went another way would say that clients can reach this node here.
    this.#aside = link().up ? this.#secondPath.targets(clock.monotonic()) : [];
  }

  /** @param opens - whether this node answers from now on, for as long as its responder's timeout. */
  send(heartbeat: Heartbeat, opens: boolean): void {
    const sealed = this.#frames.seal(heartbeat);
    (opens ? this.#opening : this.#socket).send(this.#frames.frame(sealed, this.#options.link().mac));
    for (const { address, asks } of this.#aside) {
      this.#options.sendDatagram(Uint8Array.of(asks ? ASKS : 0, ...sealed), address);
    }
  }

  /** Sends any other frame on the link. */
  sendFrame(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Takes a datagram that has come from somebody in a subnet of the link. */
  hearDatagram(octets: Uint8Array, from: IpAddress): void {
    const { node: self, log, clock, link } = this.#options;
    if (!link().up) return;
    const heartbeat = this.#frames.open(octets.subarray(1), formatAddress(from));
    if (heartbeat === undefined || heartbeat.node === self) return;
    this.#take(heartbeat);
    const { node } = heartbeat;
    if (!this.#secondPath.heardAside(node, octets[0] === ASKS, clock.monotonic())) return;
    const why = "heartbeats come by unicast alone: the network drops EtherType 0x88b5 or multicast";
    log.warn({ link: link().name, peer: node }, why);
  }

  close(): void {
    this.#socket.close();
    this.#opening.close();
  }

  #hear(frame: Uint8Array): void {
    const heartbeat = this.#frames.inFrame(frame);
    if (heartbeat === undefined) return;
    this.#take(heartbeat);
    this.#secondPath.heardOnLink(heartbeat.node, this.#options.clock.monotonic());
  }

  #take(heartbeat: Heartbeat): void {
    const { link, clock, onHeartbeat } = this.#options;
    const addresses = heartbeat.prefixes.map(({ address }) => address);
    this.#secondPath.learn(heartbeat.node, addresses, link().addresses, clock.monotonic());
    onHeartbeat(heartbeat);
  }
}
