import type { ConnectOptions, ConnectTcp, TcpConnection, TcpEvents } from "@fairlead/linux";
import type { Clock, Millis } from "@fairlead/runtime";
import type { FsmEffect } from "../fsm/effect.ts";
import type { FsmEvent } from "../fsm/event.ts";
import type { Negotiated } from "../fsm/negotiated.ts";
import type { DownReason, StopReason } from "../fsm/reason.ts";
import type { SessionSettings } from "../fsm/settings.ts";
import type { FsmState } from "../fsm/state.ts";
import { begin, step } from "../fsm/step.ts";
import { expired, nextDeadline } from "../fsm/timers.ts";
import { encodeMessage, maxMessageLength } from "../packet/codec.ts";
import { Framer } from "../packet/framer.ts";
import type { KeepaliveMessage, NotificationMessage, OpenMessage, RouteRefreshMessage } from "../packet/message.ts";
import { NOTHING_NEGOTIATED } from "../packet/session-traits.ts";
import { Alarm } from "./alarm.ts";
import { eventOf, traitsOf } from "./receive.ts";
import { count, NOTHING_RECEIVED, type Received } from "./received.ts";
import { SendQueue } from "./send-queue.ts";

/** What a session tells, each with the number of the session that it is about. */
export type SessionEvent =
  | { readonly kind: "established"; readonly session: number; readonly negotiated: Negotiated }
  | {
      readonly kind: "down";
      readonly session: number;
      readonly reason: DownReason;
      readonly retryAt: Millis | undefined;
    }
  | { readonly kind: "refresh"; readonly session: number; readonly refresh: RouteRefreshMessage };

/** What a {@link Session} needs. */
export interface SessionOptions {
  readonly settings: SessionSettings;
  readonly connectTcp: ConnectTcp;
  /** Where the peer is and what the connection is made with. */
  readonly target: ConnectOptions;
  readonly clock: Clock;
  /** The next UPDATE as octets, asked for while there is room; undefined when there is none: {@link Session.wake} has it asked again. */
  readonly nextUpdate: () => Uint8Array | undefined;
  readonly onEvent: (event: SessionEvent) => void;
}

/** A session with a peer that this speaker connects to. The decisions are step()'s; this runs their effects. */
export class Session {
  readonly #options: SessionOptions;
  readonly #alarm: Alarm;
  #state: FsmState;
  #number = 0;
  #connection: TcpConnection | undefined;
  #framer = new Framer();
  #queue: SendQueue | undefined;
  #received: Received = NOTHING_RECEIVED;
  #hasLooked = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = begin(options.settings);
    this.#alarm = new Alarm(options.clock, () => this.#look());
  }

  get state(): FsmState {
    return this.#state;
  }

  /** Counts attempts to connect: what is told, or stopped, is about the session of that number. */
  get number(): number {
    return this.#number;
  }

  /** Both ends of the connection; undefined while there is none. */
  get ends(): TcpConnection["ends"] {
    return this.#connection?.ends;
  }

  /** Octets that the peer has not taken yet. */
  get waiting(): number {
    return this.#connection?.waiting ?? 0;
  }

  /** What came in this session, or in the last one. */
  get received(): Received {
    return this.#received;
  }

  /** Begins at once, whatever pause there was. */
  start(): void {
    this.#take({ kind: "ManualStart" });
  }

  /**
   * Ends the session; nothing begins by itself afterwards.
   *
   * @param options - `hard` has the peer remove the routes at once; with `session`, nothing happens to any other one.
   */
  stop(reason: StopReason, options: { readonly hard?: boolean; readonly session?: number } = {}): void {
    const { hard = false, session = this.#number } = options;
    if (session === this.#number) this.#take({ kind: "ManualStop", reason, hard });
  }

  /** There is an UPDATE to ask for. */
  wake(): void {
    if (this.#state.name === "Established") this.#queue?.fill();
  }

  #take(event: FsmEvent): void {
    const { clock } = this.#options;
    const { next, effects } = step(this.#state, event, { now: clock.monotonic(), chance: clock.random() });
    this.#state = next;
    const events = effects.map((effect) => this.#run(effect)).filter((told) => told !== undefined);
    this.#alarm.set(nextDeadline(next));
    // Last: whoever is told may stop this session within the call.
    for (const told of events) this.#options.onEvent(told);
    if (events.some(({ kind }) => kind === "established")) this.wake();
  }

  /** Does it, or returns what is to be told. */
  #run(effect: FsmEffect): SessionEvent | undefined {
    switch (effect.kind) {
      case "connect":
        this.#connect();
        return undefined;
      case "send":
        this.#send(effect.message);
        return undefined;
      case "close":
        this.#close(effect.notification);
        return undefined;
      case "established":
      case "down":
        return { ...effect, session: this.#number };
      case "received": {
        const { message } = effect;
        if (message.kind === "routeRefresh") return { kind: "refresh", session: this.#number, refresh: message };
        this.#received = count(this.#received, message);
        return undefined;
      }
    }
  }

  #connect(): void {
    const { connectTcp, target, nextUpdate } = this.#options;
    const session = ++this.#number;
    this.#framer = new Framer();
    this.#received = NOTHING_RECEIVED;
    // What an older connection tells is about nothing that still is (BG-35).
    const ifCurrent = (action: () => void) => session === this.#number && this.#connection !== undefined && action();
    const events: TcpEvents = {
      connected: () => ifCurrent(() => this.#take({ kind: "TcpConnectionAcknowledged" })),
      received: (octets) => ifCurrent(() => this.#receive(octets)),
      progressed: () => ifCurrent(() => this.#progress()),
      closed: (error) => ifCurrent(() => this.#take({ kind: "TcpConnectionFails", error: error?.code })),
    };
    const connection = connectTcp(target, events);
    this.#connection = connection;
    this.#queue = new SendQueue(connection, nextUpdate);
  }

  #send(message: OpenMessage | KeepaliveMessage | NotificationMessage): void {
    this.#connection?.send(encodeMessage(message, NOTHING_NEGOTIATED));
  }

  #close(notification: NotificationMessage | undefined): void {
    if (notification !== undefined) this.#send(notification);
    this.#connection?.close();
    this.#connection = undefined;
    this.#queue = undefined;
  }

  #receive(octets: Uint8Array): void {
    const connection = this.#connection;
    this.#framer.push(octets);
    // What one message leads to may end the session that the next ones belonged to.
    while (connection !== undefined && connection === this.#connection) {
      const frame = this.#framer.next(maxMessageLength(traitsOf(this.#state)));
      if (frame === undefined) return;
      this.#take(eventOf(this.#state, frame));
    }
  }

  #progress(): void {
    this.#take({ kind: "SendProgress" });
    this.wake();
  }

  #look(): void {
    const now = this.#options.clock.monotonic();
    const kind = expired(this.#state, now);
    // After a stall the peer's messages are there and only unread: they come before the verdict (BG-31).
    if (kind === "HoldTimerExpires" && !this.#hasLooked) {
      this.#hasLooked = true;
      this.#alarm.set(now);
      return;
    }
    this.#hasLooked = false;
    if (kind === undefined) this.#alarm.set(nextDeadline(this.#state));
    else this.#take({ kind });
  }
}
