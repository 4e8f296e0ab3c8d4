import { backoffDelay, type Millis } from "@fairlead/runtime";
import { explainNotification } from "../packet/explain-notification.ts";
import { KEEPALIVE, type NotificationMessage, notification, type OpenMessage } from "../packet/message.ts";
import { localOpen } from "./local-open.ts";
import { negotiate } from "./negotiate.ts";
import type { DownReason } from "./reason.ts";
import { attributesOf, type FsmState, type Moment, type Step } from "./state.ts";
import { jittered, STOPPED, type Timers } from "./timers.ts";

/** While the peer's OPEN is waited for, it may be silent for this long (RFC 4271 §8.2.2 suggests four minutes). */
const LARGE_HOLD_TIME: Millis = 240_000;
/** A peer that had too many of our prefixes stays down for long; asking often would only fill its log. */
const MAX_PREFIX_PAUSE: Millis = 300_000;

/** Nothing changes. */
export function stay(state: FsmState): Step {
  return { next: state, effects: [] };
}

/** Begins to connect (to Connect). */
export function connect(state: FsmState, { now, chance }: Moment): Step {
  const { connectRetry } = state.settings;
  const timers = { ...STOPPED, connectRetry: now + jittered(connectRetry, chance) };
  return { next: { ...attributesOf(state), name: "Connect", timers }, effects: [{ kind: "connect" }] };
}

/** Sends this speaker's OPEN and waits for the peer's (to OpenSent). */
export function sendOpen(state: FsmState, { now }: Moment): Step {
  const message = localOpen(state.settings, state.concessions);
  const timers = { ...STOPPED, hold: now + LARGE_HOLD_TIME };
  return { next: { ...attributesOf(state), name: "OpenSent", timers }, effects: [{ kind: "send", message }] };
}

/** Takes the peer's OPEN: confirms it (to OpenConfirm), or tells the peer what is wrong with it (to Idle). */
export function takeOpen(state: FsmState, open: OpenMessage, moment: Moment): Step {
  const offered = localOpen(state.settings, state.concessions);
  const result = negotiate(state.settings, offered, open);
  if (!result.ok) return failTelling(state, moment, result.reason, result.notification);
  const { negotiated } = result;
  const { holdTimeSeconds, keepaliveSeconds } = negotiated;
  const hold = holdTimeSeconds === 0 ? STOPPED.hold : moment.now + holdTimeSeconds * 1_000;
  const timers = { ...STOPPED, hold, keepalive: nextKeepalive(keepaliveSeconds, moment) };
  const next: FsmState = { ...attributesOf(state), name: "OpenConfirm", negotiated, timers };
  return { next, effects: [{ kind: "send", message: KEEPALIVE }] };
}

/** When the next KEEPALIVE is due; never if the session has none. */
export function nextKeepalive(keepaliveSeconds: number, { now, chance }: Moment): Millis {
  return keepaliveSeconds === 0 ? STOPPED.keepalive : now + jittered(keepaliveSeconds * 1_000, chance);
}

/** The same state with other timers. */
export function withTimers<S extends FsmState>(state: S, timers: Partial<Timers>): S {
  return { ...state, timers: { ...state.timers, ...timers } };
}

/** How a session fails. */
export interface Failure {
  /** What the peer is told. */
  readonly notification?: NotificationMessage;
  /** Whether ConnectRetryCounter grows: RFC 4271 §8.2.2 says so of most failures. */
  readonly counted?: boolean;
}

/** Ends the connection and pauses (to Idle). */
export function fail(state: FsmState, moment: Moment, reason: DownReason, failure: Failure = {}): Step {
  const { setbacks, pause } = pauseAfter(state, moment, reason);
  const { notification: told, counted = true } = failure;
  const retryAt = moment.now + pause;
  const connectRetryCounter = state.connectRetryCounter + (counted ? 1 : 0);
  const attributes = { ...attributesOf(state), connectRetryCounter, setbacks };
  return {
    next: { ...attributes, name: "Idle", timers: { ...STOPPED, idleHold: retryAt } },
    effects: [
      { kind: "close", notification: told },
      { kind: "down", reason, retryAt },
    ],
  };
}

/** As {@link fail}, and tells the peer why. */
export function failTelling(state: FsmState, moment: Moment, reason: DownReason, error: NotificationMessage): Step {
  return fail(state, moment, reason, { notification: error });
}

/** As {@link failTelling}, for a message that no speaker may send. */
export function reject(state: FsmState, moment: Moment, error: NotificationMessage): Step {
  return failTelling(state, moment, malformed(error), error);
}

/** The peer sent what no speaker may; the NOTIFICATION for it says what. */
export function malformed(error: NotificationMessage): DownReason {
  return { code: "MalformedMessage", words: explainNotification(error).words };
}

/** Failures in a row, this one included, and the pause after it. */
export function pauseAfter(state: FsmState, { now, chance }: Moment, reason: DownReason) {
  const { idleHold, steadyAfter } = state.settings;
  const wasSteady = state.name === "Established" && now - state.since >= steadyAfter;
  const setbacks = wasSteady ? 1 : state.setbacks + 1;
  if (reason.code === "MaxPrefix") return { setbacks, pause: jittered(MAX_PREFIX_PAUSE, chance) };
  // Nothing was wrong with the session: the first attempt need not wait.
  if (wasSteady && reason.code === "ConnectionLost") return { setbacks, pause: 0 };
  return { setbacks, pause: backoffDelay(setbacks, idleHold, chance) };
}

const UNEXPECTED = {
  OpenSent: "UnexpectedMessageInOpenSent",
  OpenConfirm: "UnexpectedMessageInOpenConfirm",
  Established: "UnexpectedMessageInEstablished",
} as const;
/** Types of the messages that can be unexpected (RFC 4271 §4.1, RFC 2918 §3). */
const TYPES: Readonly<Record<string, number>> = {
  Open: 1,
  OpenWithDelayOpenTimer: 1,
  OpenError: 1,
  Update: 2,
  UpdateError: 2,
  Keepalive: 4,
  RouteRefresh: 5,
};

/** Something that cannot happen in this state has: a Finite State Machine Error, with the message's type (RFC 6608 §4). */
export function unexpected(state: FsmState, kind: string, moment: Moment): Step {
  const type = TYPES[kind];
  const reason: DownReason = { code: "UnexpectedMessage", message: kind };
  if (!isKeyOf(UNEXPECTED, state.name)) return fail(state, moment, reason);
  const name = type === undefined ? "FiniteStateMachineError" : UNEXPECTED[state.name];
  const data = type === undefined ? new Uint8Array() : Uint8Array.of(type);
  return failTelling(state, moment, reason, notification(name, data));
}

function isKeyOf<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return key in table;
}
