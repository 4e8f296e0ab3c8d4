import type { Link } from "@fairlead/linux";
import type { Clock, Millis } from "@fairlead/runtime";
import { nextHeartbeat, tableParts } from "../ownership/next-heartbeat.ts";
import type { OwnershipState } from "../ownership/state.ts";
import type { OwnershipTiming } from "../ownership/timing.ts";
import type { Doubt } from "../packet/doubt.ts";
import type { HeartbeatChannel } from "./channel.ts";

/** What a {@link Speech} needs. */
export interface SpeechOptions {
  readonly channel: HeartbeatChannel;
  readonly link: Link;
  readonly clock: Clock;
  readonly timing: Pick<OwnershipTiming, "interval">;
  /** What the next heartbeat is to tell of what is wrong with others. */
  readonly doubts: () => readonly Doubt[];
}

/** What this node says on one link: heartbeats, each with a number of its own. */
export class Speech {
  readonly #options: SpeechOptions;
  readonly #incarnation: bigint;
  #sequence = 0;
  /** When a heartbeat last had what answers opened. */
  #openedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: SpeechOptions) {
    this.#options = options;
    this.#incarnation = incarnationOf(options.link, options.clock);
  }

  /** Has what answers opened now, unless a heartbeat did a moment ago: each is work for all that hear it. */
  open(state: OwnershipState): void {
    const { clock, timing } = this.#options;
    if (clock.monotonic() - this.#openedAt >= timing.interval) this.beat(state, true);
  }

  /** Says that this node lives. @param opens - whether it is to answer meanwhile. */
  beat(state: OwnershipState, opens: boolean): void {
    if (opens) this.#openedAt = this.#options.clock.monotonic();
    this.#send(state, undefined, this.#options.doubts(), opens);
  }

  /** Says what it has. */
  tell(state: OwnershipState): void {
    for (const part of tableParts(state)) this.#send(state, part, [], false);
  }

  #send(
    state: OwnershipState,
    table: Parameters<typeof nextHeartbeat>[2],
    doubts: readonly Doubt[],
    opens: boolean,
  ): void {
    this.#sequence += 1;
    const { channel, clock } = this.#options;
    const serial = { incarnation: this.#incarnation, sequence: this.#sequence, doubts };
    channel.send(nextHeartbeat(state, serial, table, clock.monotonic()), opens);
  }
}

// It differs between the links of a node too: what was recorded on one of them must mean nothing on another.
function incarnationOf({ index }: Link, clock: Clock): bigint {
  return (BigInt(clock.now()) << 16n) | BigInt(index & 0xffff);
}
