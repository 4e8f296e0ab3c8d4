import type { Log, Millis } from "@fairlead/runtime";
import type { StopReason } from "../fsm/reason.ts";
import { describeDown } from "../fsm/words.ts";
import { Session, type SessionEvent, type SessionOptions } from "../session/session.ts";
import { QuietLog } from "./quiet-log.ts";
import { isSaid, type PastReason, type PeerReport } from "./report.ts";

/** What a {@link Peer} needs. */
export interface PeerOptions extends SessionOptions {
  /** What the peer is called in the log. */
  readonly name: string;
  readonly log: Log;
}

/** A router and the session with it: what became of it is remembered, and told, at most once a minute. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #session: Session;
  readonly #quiet: QuietLog;
  #isUp = false;
  #since: Millis;
  #lastDown: PastReason | undefined;
  #lastSaid: PastReason | undefined;
  #retryAt: Millis | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#since = options.clock.now();
    this.#quiet = new QuietLog(options.clock);
    this.#session = new Session({ ...options, onEvent: (event) => this.#hear(event) });
  }

  /** Begins at once, whatever pause there was. */
  start(): void {
    this.#session.start();
  }

  /** Ends the session, as {@link Session.stop} does, and writes what the log has held back. */
  stop(reason: StopReason, options: Parameters<Session["stop"]>[1] = {}): void {
    this.#session.stop(reason, options);
    this.#quiet.flush();
  }

  /** There is an UPDATE to ask for. */
  wake(): void {
    this.#session.wake();
  }

  /** How things stand now. */
  report(): PeerReport {
    const { state, number: session, ends, received, waiting } = this.#session;
    const { settings, concessions } = state;
    const isIdle = state.name === "Idle" || state.name === "Active";
    return {
      state: state.name,
      session,
      since: this.#since,
      negotiated: state.name === "Established" ? state.negotiated : undefined,
      ends,
      received,
      waiting,
      offeredHoldTimeSeconds: concessions.holdTimeSeconds ?? settings.holdTimeSeconds,
      lastDown: this.#lastDown,
      lastSaid: this.#lastSaid,
      retryAt: isIdle ? this.#retryAt : undefined,
    };
  }

  #hear(event: SessionEvent): void {
    if (event.kind === "established") this.#established(event);
    if (event.kind === "down") this.#down(event);
    this.#options.onEvent(event);
  }

  #established({ negotiated }: Extract<SessionEvent, { kind: "established" }>): void {
    const { clock, log, name } = this.#options;
    const { peerAs, families, holdTimeSeconds } = negotiated;
    this.#isUp = true;
    this.#since = clock.now();
    this.#quiet.say((unsaid) =>
      log.info({ peer: name, peerAs, families, holdTimeSeconds, unsaid }, "BGP session established"),
    );
  }

  #down({ reason, retryAt }: Extract<SessionEvent, { kind: "down" }>): void {
    const { clock, log, name } = this.#options;
    const now = clock.now();
    const retryInMillis = retryAt === undefined ? undefined : Math.round(retryAt - clock.monotonic());
    if (this.#isUp) this.#since = now;
    this.#isUp = false;
    this.#lastDown = { reason, at: now };
    if (isSaid(reason)) this.#lastSaid = this.#lastDown;
    this.#retryAt = retryInMillis === undefined ? undefined : now + retryInMillis;
    const fields = { peer: name, reason: reason.code, detail: describeDown(reason), retryInMillis };
    this.#quiet.say((unsaid) => log.warn({ ...fields, unsaid }, "BGP session is down"));
  }
}
