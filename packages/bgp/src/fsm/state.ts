import type { Millis } from "@fairlead/runtime";
import type { Concessions } from "./concede.ts";
import type { FsmEffect } from "./effect.ts";
import type { Negotiated } from "./negotiated.ts";
import type { SessionSettings } from "./settings.ts";
import type { Timers } from "./timers.ts";

/** What a session has in any state (RFC 4271 §8). */
export interface Attributes {
  readonly settings: SessionSettings;
  readonly timers: Timers;
  /** Whether it waits for the peer to connect. */
  readonly passive: boolean;
  readonly connectRetryCounter: number;
  /** Failures in a row, by which pauses grow. */
  readonly setbacks: number;
  readonly concessions: Concessions;
}

/** States before both OPENs are there. */
export type EarlyState = Attributes & { readonly name: "Idle" | "Connect" | "Active" | "OpenSent" };
/** Both OPENs are there, the peer's KEEPALIVE is not. */
export type OpenConfirmState = Attributes & { readonly name: "OpenConfirm"; readonly negotiated: Negotiated };
/** Routes may be sent. */
export type EstablishedState = Attributes & {
  readonly name: "Established";
  readonly negotiated: Negotiated;
  /** When it came to be. */
  readonly since: Millis;
};

/** A session with a peer over one connection (RFC 4271 §8.2.2). */
export type FsmState = EarlyState | OpenConfirmState | EstablishedState;

/** Every state, in the order of RFC 4271 §8.2.2. */
export const FSM_STATES = ["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"] as const;

/** Time and chance, as arguments. */
export interface Moment {
  /** By the monotonic clock. */
  readonly now: Millis;
  /** A random number in [0, 1). */
  readonly chance: number;
}

/** A state and what it wants done. */
export interface Step {
  readonly next: FsmState;
  readonly effects: readonly FsmEffect[];
}

/** What is the same in the next state, whatever it is. */
export function attributesOf(state: FsmState): Attributes {
  const { settings, timers, passive, connectRetryCounter, setbacks, concessions } = state;
  return { settings, timers, passive, connectRetryCounter, setbacks, concessions };
}
