import { type IpAddress, type Prefix, prefixRange, rangeContains } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import type { OwnershipTiming } from "../ownership/timing.ts";

/** Heartbeats missed on the link before the second path is tried: well before the speaker counts as gone. */
const MISSED = 2.5;

/** A speaker that does not answer is tried with every heartbeat for so long, */
const EAGER: Millis = 2_000;

/** then so often, */
const SELDOM: Millis = 1_000;

/** and after a minute so often. */
const PATIENT: Millis = 10_000;
const MINUTE: Millis = 60_000;

/** So long heartbeats come by unicast alone before it is told: of one that is late on the link, nothing follows for the network. */
const LASTING: Millis = 5_000;

interface Neighbor {
  readonly address: IpAddress;
  /** Since when it is known. */
  readonly since: Millis;
  readonly heardOnLink: Millis;
  readonly heardAside: Millis;
  /** Since when heartbeats have come by unicast while none came on the link, when the last one did, and whether that is told. */
  readonly alone?: { readonly since: Millis; readonly last: Millis; readonly isTold: boolean };
  /** When it last asked for heartbeats by unicast. */
  readonly askedAt: Millis;
  readonly triedAt: Millis;
}

/**
 * To whom heartbeats go by unicast too, since nothing is heard of them on the link: a switch may drop what is multicast, or
 * of a strange EtherType, and forward all else. While all are heard on the link nothing is sent.
 */
export class SecondPath {
  readonly #timing: OwnershipTiming;
  readonly #neighbors = new Map<string, Neighbor>();

  constructor(timing: OwnershipTiming) {
    this.#timing = timing;
  }

  /**
   * There may be a speaker on the link that has one of these addresses.
   *
   * @param own - subnets of this node's end: what is in none of them is not on the link.
   */
  learn(node: string, addresses: readonly IpAddress[], own: readonly Prefix[], now: Millis): void {
    const address = addresses.find((each) => own.some((subnet) => rangeContains(prefixRange(subnet), each)));
    if (address === undefined) return;
    const never = Number.NEGATIVE_INFINITY;
    const known = this.#neighbors.get(node) ?? {
      since: now,
      heardOnLink: never,
      heardAside: never,
      askedAt: never,
      triedAt: never,
    };
    this.#neighbors.set(node, { ...known, address });
  }

  /** No speaker is to be expected on this node any more. */
  forget(node: string): void {
    this.#neighbors.delete(node);
  }

  /** A heartbeat of a speaker has come on the link. */
  heardOnLink(node: string, now: Millis): void {
    const known = this.#neighbors.get(node);
    if (known === undefined) return;
    const { alone: _, ...rest } = known;
    this.#neighbors.set(node, { ...rest, heardOnLink: now });
  }

  /**
   * A heartbeat of a speaker has come by unicast.
   *
   * @param asks - whether it does not hear this node on the link.
   * @returns whether they have come by unicast alone for long enough to tell, once in a row.
   */
  heardAside(node: string, asks: boolean, now: Millis): boolean {
    const known = this.#neighbors.get(node);
    if (known === undefined) return false;
    const askedAt = asks ? now : known.askedAt;
    if (!this.#isMissed(known, now)) {
      this.#neighbors.set(node, { ...known, heardAside: now, askedAt });
      return false;
    }
    const row = known.alone !== undefined && this.#isRecent(known.alone.last, now) ? known.alone : undefined;
    const since = row?.since ?? now;
    const isTold = row?.isTold ?? false;
    const isLasting = now - since >= LASTING;
    const alone = { since, last: now, isTold: isTold || isLasting };
    this.#neighbors.set(node, { ...known, heardAside: now, askedAt, alone });
    return isLasting && !isTold;
  }

  /** Where the heartbeat that is sent now is to go besides, and whether an answer is asked for. */
  targets(now: Millis): { readonly address: IpAddress; readonly asks: boolean }[] {
    const targets: { address: IpAddress; asks: boolean }[] = [];
    for (const [node, neighbor] of this.#neighbors) {
      if (!this.#isDue(neighbor, now)) continue;
      this.#neighbors.set(node, { ...neighbor, triedAt: now });
      targets.push({ address: neighbor.address, asks: this.#isMissed(neighbor, now) });
    }
    return targets;
  }

  #isDue(neighbor: Neighbor, now: Millis): boolean {
    if (this.#isRecent(neighbor.askedAt, now)) return true;
    if (!this.#isMissed(neighbor, now)) return false;
    const silent = now - Math.max(neighbor.since, neighbor.heardOnLink, neighbor.heardAside);
    if (silent < EAGER) return true;
    return now - neighbor.triedAt >= (silent < MINUTE ? SELDOM : PATIENT);
  }

  #isMissed({ heardOnLink }: Neighbor, now: Millis): boolean {
    return now - heardOnLink > MISSED * this.#timing.interval;
  }

  #isRecent(time: Millis, now: Millis): boolean {
    return now - time < 2 * this.#timing.detection;
  }
}
