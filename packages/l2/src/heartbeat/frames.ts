import { DecodeError, type Mac } from "@fairlead/net";
import type { Clock, Log, Millis } from "@fairlead/runtime";
import { type HeartbeatIgnoredCause, heartbeatsIgnored } from "../metrics.ts";
import { decodeEnvelope, encodeEnvelope } from "../packet/envelope.ts";
import { decodeEthernet, encodeEthernet } from "../packet/ethernet.ts";
import {
  decodeHeartbeat,
  encodeHeartbeat,
  HEARTBEAT_ETHERTYPE,
  HEARTBEAT_GROUP,
  type Heartbeat,
} from "../packet/heartbeat.ts";
import type { HeartbeatKeys } from "./keys.ts";

/** Somebody with a wrong key sends ten heartbeats a second. */
const WARN_EVERY: Millis = 60_000;

/** What {@link HeartbeatFrames} need. */
export interface HeartbeatFramesOptions {
  readonly keys: HeartbeatKeys;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes frames of heartbeats, and heartbeats of those frames that may be believed; the others are counted. */
export class HeartbeatFrames {
  readonly #options: HeartbeatFramesOptions;
  readonly #warnedAt = new Map<HeartbeatIgnoredCause, Millis>();

  constructor(options: HeartbeatFramesOptions) {
    this.#options = options;
  }

  /** The heartbeat as it is sent, in a frame or a datagram. */
  seal(heartbeat: Heartbeat): Uint8Array {
    const { keys, clock } = this.#options;
    return encodeEnvelope(keys.seal(encodeHeartbeat(heartbeat), clock.monotonic()));
  }

  /** The frame of a sealed heartbeat. */
  frame(payload: Uint8Array, source: Mac): Uint8Array {
    return encodeEthernet({ destination: HEARTBEAT_GROUP, source, etherType: HEARTBEAT_ETHERTYPE, payload });
  }

  /** The heartbeat in a frame; undefined if it is none, or not one of a speaker that has the key. */
  inFrame(octets: Uint8Array): Heartbeat | undefined {
    const { source, payload } = decodeEthernet(octets);
    return this.open(payload, source);
  }

  /** As {@link inFrame}, of what was sealed; `from` is who sent it, for the log. */
  open(payload: Uint8Array, from: string): Heartbeat | undefined {
    const { keys, clock } = this.#options;
    try {
      const opened = keys.open(decodeEnvelope(payload), clock.monotonic());
      if ("body" in opened) return decodeHeartbeat(opened.body);
      this.#ignore(opened.refusal, `from ${from}`);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#ignore("Malformed", error.message);
    }
    return undefined;
  }

  #ignore(cause: HeartbeatIgnoredCause, why: string): void {
    const { clock, log } = this.#options;
    heartbeatsIgnored.inc({ cause });
    const now = clock.monotonic();
    if (now - (this.#warnedAt.get(cause) ?? Number.NEGATIVE_INFINITY) < WARN_EVERY) return;
    this.#warnedAt.set(cause, now);
    log.warn({ cause, why }, "heartbeat ignored");
  }
}
