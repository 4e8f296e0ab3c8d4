import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "../../../src/ownership/effect.ts";
import { mayAnswer } from "../../../src/ownership/ownership.ts";
import type { Holding } from "../../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../../src/ownership/timing.ts";
import { DRIFT, type Host, LONGEST_DELAY, type Segment, STEP } from "./segment.ts";

const { interval, detection, claim } = DEFAULT_TIMING;
/** Longest time without an answer that a calm segment may see. */
const LONGEST_GAP: Millis = (detection + claim + 2 * interval) * (1 + 2 * DRIFT) + LONGEST_DELAY + STEP;
/** Longest time until two that come to hear each other have proved themselves and have each other's tables. */
const ACQUAINTANCE: Millis = 3 * (interval + LONGEST_DELAY);
/** A fault is over for good after this long. */
const AFTERMATH: Millis = 2 * LONGEST_GAP;

/** Who came to answer for an address, and when. */
interface Ownership {
  readonly host: Host;
  readonly epoch: number;
  readonly at: Millis;
  /** The same, by the clock of the host. */
  readonly since: Millis;
  /** When the oldest speaker that ran then had come to know the others: it knows who owned the address since, and tells the epoch. */
  readonly witnessedFrom: Millis;
}

/** Watches a segment and throws when ownership breaks one of its promises. */
export class Invariants {
  readonly #segment: Segment;
  readonly #addresses: readonly string[];
  readonly #doubleSince = new Map<string, Millis>();
  readonly #answering = new Map<string, ReadonlyMap<Host, Millis>>();
  readonly #silentSince = new Map<string, Millis>();
  readonly #owners = new Map<string, Ownership[]>();
  #disturbedAt: Millis = 0;
  #brokenAt = Number.NEGATIVE_INFINITY;
  /** Longest time that two owners that hear each other both answered. */
  longestDouble: Millis = 0;
  /** Longest time that nobody answered in a calm segment. */
  longestGap: Millis = 0;
  moves = 0;

  constructor(segment: Segment, addresses: readonly string[]) {
    this.#segment = segment;
    this.#addresses = addresses;
    segment.observe((host, effect, now) => this.#watch(host, effect, now));
  }

  /** Something was done to speakers, links or wishes: moves that follow have a cause. */
  disturb(): void {
    this.#disturbedAt = this.#segment.now;
    this.#silentSince.clear();
  }

  /** Some cannot hear all: what they come to believe may differ for a while. */
  breakLinks(): void {
    this.disturb();
    this.#brokenAt = this.#segment.now;
  }

  check(): void {
    const { lossy, cuts, hosts } = this.#segment;
    if (lossy || cuts > 0 || hosts.some(({ carrier }) => !carrier)) this.breakLinks();
    for (const address of this.#addresses) {
      this.#checkOneOwner(address);
      this.#checkSomeOwner(address);
    }
  }

  #checkOneOwner(address: string): void {
    const { now, hosts } = this.#segment;
    const answering = hosts.filter((host) => this.#segment.isAnswering(host, address));
    this.#checkNewcomers(address, answering);
    if (answering.length < 2 && this.#doubleSince.size === 0) return;
    for (const a of hosts) for (const b of hosts) if (a.index < b.index) this.#checkPair(address, a, b, now);
  }

  // While all hear all, nobody starts to answer, or starts again, beside one that has done so for a while and stays.
  #checkNewcomers(address: string, answering: readonly Host[]): void {
    const { now } = this.#segment;
    const before = this.#answering.get(address) ?? new Map<Host, Millis>();
    this.#answering.set(address, new Map(answering.map((host) => [host, before.get(host) ?? now])));
    if (now - this.#brokenAt <= AFTERMATH) return;
    const sitting = answering.find((host) => {
      const stays = host.speaker?.state.holdings.get(address)?.state !== "yielding";
      return stays && now - (before.get(host) ?? now) > claim + LONGEST_DELAY;
    });
    const newcomer = answering.find((host) => !before.has(host));
    if (sitting === undefined || newcomer === undefined) return;
    // Of two that were stopped one after the other, neither may have heard the other in between.
    const wereStopped = [sitting, newcomer].every(({ startedAt, pausedUntil }) => {
      return pausedUntil > startedAt && now - pausedUntil <= AFTERMATH;
    });
    if (wereStopped) return;
    throw new Error(`at ${now}: ${newcomer.name} starts to answer for ${address} beside ${sitting.name}`);
  }

  #checkPair(address: string, a: Host, b: Host, now: Millis): void {
    const pair = `${address} ${a.name} ${b.name}`;
    const both = [a, b].every((host) => this.#segment.isAnswering(host, address));
    const hear = this.#segment.reaches(a, b) && this.#segment.reaches(b, a) && !this.#segment.lossy;
    if (!both || !hear) {
      this.#doubleSince.delete(pair);
      return;
    }
    const since = this.#doubleSince.get(pair) ?? now;
    this.#doubleSince.set(pair, since);
    this.longestDouble = Math.max(this.longestDouble, now - since);
    // Of one that stops before it knows the other, the kernel answers until its gate closes.
    const stopped = [a, b].some(({ pausedUntil }) => now - pausedUntil < interval);
    const longest = stopped ? ACQUAINTANCE + detection - interval : detection;
    if (now - since > longest) throw new Error(`at ${now}: ${pair} both answer since ${since}`);
  }

  #checkSomeOwner(address: string): void {
    const { now, hosts } = this.#segment;
    const running = hosts.filter((host) => this.#segment.runs(host) && host.carrier);
    const agreed = running.every(({ wanted }) => wanted.has(address));
    const staying = running.filter((host) => {
      const { name, leaveBy, speaker } = host;
      const isCandidate = leaveBy === undefined && !this.#segment.unfit.has(name);
      return isCandidate && speaker !== undefined && mayAnswer(speaker.state, this.#segment.time(host));
    });
    const answered = hosts.some((host) => this.#segment.isAnswering(host, address));
    if (answered || !agreed || staying.length === 0) {
      this.#silentSince.delete(address);
      return;
    }
    const since = this.#silentSince.get(address) ?? now;
    this.#silentSince.set(address, since);
    this.longestGap = Math.max(this.longestGap, now - since);
    // One that was stopped and is an owner still, or again, listens before it goes on.
    const woke = hosts.some(({ pausedUntil }) => now - pausedUntil < LONGEST_GAP);
    // What nobody had yet is left to speakers that start, so that all share.
    const isNew = !this.#owners.has(address) && hosts.some(({ startedAt }) => now - startedAt < 2 * LONGEST_GAP);
    if (now - since > LONGEST_GAP + (woke || isNew ? detection : 0))
      throw new Error(`at ${now}: nobody answers for ${address} since ${since}`);
  }

  #watch(host: Host, effect: OwnershipEffect, now: Millis): void {
    if (effect.kind === "own") this.#owned(host, effect.address, effect.holding, now);
    if (effect.kind === "release" && effect.cause === "RivalWins") this.#yielded(host, effect.address, effect.to, now);
  }

  #owned(host: Host, address: string, { epoch, standing, since, previous }: Holding, now: Millis): void {
    this.moves += 1;
    const before = this.#owners.get(address) ?? [];
    const witnesses = this.#segment.hosts.filter((witness) => {
      return this.#segment.runs(witness) && now - witness.pausedUntil > AFTERMATH;
    });
    const witnessedFrom = Math.min(...witnesses.map(({ startedAt }) => startedAt + ACQUAINTANCE));
    this.#owners.set(address, [...before, { host, epoch, at: now, since, witnessedFrom }]);
    for (const last of before) {
      const sits = last.host !== host && this.#segment.runs(last.host) && last.host.leaveBy === undefined;
      const calm = now - this.#disturbedAt > AFTERMATH;
      if (calm && sits && this.#segment.isAnswering(last.host, address)) {
        throw new Error(`at ${now}: ${host.name} takes ${address} from ${last.host.name}, which sits since ${last.at}`);
      }
      // Claims of two that have not heard each other yet may be alike.
      const heard = now - last.at > claim + LONGEST_DELAY;
      // Who hears few of the others takes over without a new epoch; with the first one if it knows no other.
      const least = standing === "firm" ? last.epoch + 1 : previous === undefined ? 1 : last.epoch;
      if (heard && witnessedFrom < last.at && last.at - this.#brokenAt > AFTERMATH && epoch < least) {
        throw new Error(`at ${now}: ${host.name} owns ${address} with epoch ${epoch}, after epoch ${last.epoch}`);
      }
    }
  }

  // Nothing is taken back: who came to own it later has the better right.
  #yielded(host: Host, address: string, to: string | undefined, now: Millis): void {
    const owners = this.#owners.get(address) ?? [];
    const mine = owners.findLast((owner) => owner.host === host);
    const theirs = owners.findLast((owner) => owner.host.name === to);
    if (mine === undefined || theirs === undefined || theirs.at >= mine.at) return;
    const state = theirs.host.speaker?.state;
    const still = state?.holdings.get(address)?.since === theirs.since;
    if (still && mine.witnessedFrom < theirs.at && theirs.at - this.#brokenAt > AFTERMATH) {
      throw new Error(`at ${now}: ${to} takes ${address} back from ${host.name}, which owns it since ${mine.at}`);
    }
  }
}
