import type { Link, OpenLinkSocket } from "@fairlead/linux";
import type { AddressRange, Mac } from "@fairlead/net";
import { type Clock, type Log, type Millis, Pacer } from "@fairlead/runtime";
import { wireChecks } from "../metrics.ts";
import type { OwnershipEvent } from "../ownership/event.ts";
import type { Slots } from "../ownership/shares.ts";
import type { OwnershipState } from "../ownership/state.ts";
import { type Doubt, MOST_DOUBTS } from "../packet/doubt.ts";
import type { Heartbeat } from "../packet/heartbeat.ts";
import { Askers } from "./askers.ts";
import { type Sighting, Wire } from "./wire.ts";
import { WireChecks, type WireFinding } from "./wire-checks.ts";

/** Frames in one turn of the event loop: thousands of new addresses come at once. */
const FRAMES_PER_TURN = 100;

/** What a {@link WireWatch} needs. */
export interface WireWatchOptions {
  readonly openLinkSocket: OpenLinkSocket;
  readonly clock: Clock;
  readonly log: Log;
  /** The link as it is now. */
  readonly link: () => Link;
  /** Ownership as it is now. */
  readonly state: () => OwnershipState;
  /** Told of who has addresses that this node has to do with. */
  readonly onEvent: (event: Extract<OwnershipEvent, { kind: "sighted" | "seen" }>) => void;
  /** Told of each address of another node that is found not to be answered for as it ought to be. */
  readonly onFinding: (finding: WireFinding) => void;
  /** Told when the findings have changed. */
  readonly onChange: () => void;
  readonly send: (frame: Uint8Array) => void;
}

/** What is asked and heard on one link of who has which address. */
export class WireWatch {
  readonly #options: WireWatchOptions;
  readonly #wire: Wire;
  readonly #askers: Askers;
  readonly #checks = new WireChecks();
  readonly #frames: Pacer;
  /** All speakers that were ever heard, by MAC address: they are no strangers. */
  readonly #speakers = new Map<Mac, string>();
  #turn = 0;

  constructor(options: WireWatchOptions) {
    this.#options = options;
    const { openLinkSocket, clock, link } = options;
    this.#wire = new Wire({ openLinkSocket, link, onSighting: (sighting) => this.#see(sighting) });
    this.#askers = new Askers({ openLinkSocket, link, clock });
    this.#frames = new Pacer(clock, FRAMES_PER_TURN);
  }

  /** Addresses that others own and do not answer for as they ought to. */
  get findings(): ReadonlyMap<string, WireFinding> {
    return this.#checks.findings;
  }

  /** Hears who has addresses of these ranges from now on. @throws SystemCallError */
  listenFor(ranges: readonly AddressRange[]): void {
    this.#wire.listenFor(ranges);
  }

  /** Remembers who asks for these addresses. @throws SystemCallError */
  rememberAskersOf(addresses: readonly string[]): void {
    this.#askers.listenFor(addresses);
  }

  /** A speaker was heard. */
  know({ node, mac }: Pick<Heartbeat, "node" | "mac">): void {
    this.#speakers.set(mac, node);
  }

  /** Asks all on the link whether they have an address; twice, as a frame may be lost (RFC 5227 §2.1.1 has three). */
  probe(address: string, within: Millis): void {
    const send = () => this.#frames.run(() => this.#wire.probe(address));
    send();
    this.#options.clock.after(within / 2, send);
  }

  /** Asks who has an address, as any neighbour does. */
  ask(address: string): void {
    this.#frames.run(() => void this.#wire.ask(address));
  }

  /** Tells clients of these parts that this node has the address: another one has answered them so far. */
  tellClients(address: string, slots: Slots): void {
    for (const frame of this.#askers.framesTo(address, slots)) this.#frames.run(() => this.#options.send(frame));
  }

  /** Looks after what others own; `mayAsk` unless this node only listens. */
  check(mayAsk: boolean): void {
    const { clock, log, link, state, onFinding, onChange } = this.#options;
    const now = clock.monotonic();
    const { outcomes, found, ended } = this.#checks.conclude(state(), now);
    for (const outcome of outcomes) wireChecks.inc({ outcome });
    for (const finding of found) onFinding(finding);
    for (const { address, owner } of ended) {
      log.info({ address, link: link().name, owner }, "wire check passes again");
    }
    if (found.length + ended.length > 0) onChange();
    const address = mayAsk ? this.#checks.next(state(), now) : undefined;
    if (address !== undefined && !this.#wire.ask(address)) this.#checks.forget(address);
  }

  /** What the next heartbeat is to tell of the findings: some of them in turn, if there are many. */
  doubts(): readonly Doubt[] {
    const all = [...this.findings.values()];
    if (all.length <= MOST_DOUBTS) return all;
    this.#turn = (this.#turn + MOST_DOUBTS) % all.length;
    return all.slice(this.#turn, this.#turn + MOST_DOUBTS);
  }

  close(): void {
    this.#wire.close();
    this.#askers.close();
  }

  // Of what is not wanted nothing need be known, and speakers that hear each other settle by heartbeats.
  #see({ address, mac, isAnswer }: Sighting): void {
    if (isAnswer) this.#checks.answered(address, mac);
    const { state, onEvent } = this.#options;
    const { wanted, strangers, peers } = state();
    const node = this.#speakers.get(mac);
    if (node !== undefined) {
      if (!peers.has(node) && wanted.has(address)) onEvent({ kind: "seen", address, node });
    } else if (wanted.has(address) || strangers.has(address)) onEvent({ kind: "sighted", address, mac });
  }
}
