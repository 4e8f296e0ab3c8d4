import type { Link } from "@fairlead/linux";
import { parseAddress } from "@fairlead/net";
import type { Cancel, Clock, Millis } from "@fairlead/runtime";
import { announcements } from "../metrics.ts";
import { gratuitousReply, gratuitousRequest } from "../packet/arp.ts";
import { encodeEthernet } from "../packet/ethernet.ts";
import { unsolicitedAdvertisement } from "../packet/ndp.ts";
import { announcementDue, BOTH_FORMS, type Burst, burstAmong, type Form, formsOf, isBurst } from "./gratuitous.ts";
import { ipv6Source } from "./source.ts";

/** A rival's frames may come many times; neighbours need telling only so often. */
const REANNOUNCE_PAUSE: Millis = 500;

/** DEFEND_INTERVAL of RFC 5227 §1.1. */
const DEFEND_INTERVAL: Millis = 10_000;

/** Addresses announced in one turn of the event loop: heartbeats come in between, and switches are not flooded. */
const ANNOUNCED_AT_ONCE = 100;

/** What an {@link Announcer} needs. */
export interface AnnouncerOptions {
  readonly clock: Clock;
  /** The link to announce on, as it is now. */
  readonly link: () => Link;
  /** Whether the address may be announced now: what is not answered for is not. */
  readonly mayAnnounce: (address: string) => boolean;
  readonly send: (frame: Uint8Array) => void;
}

/** Announcements of one address: since when, how many, when the next one is due, and its burst once that has begun. */
interface Announcing {
  readonly from: Millis;
  readonly sent: number;
  readonly due: Millis;
  readonly burst?: Burst;
}

/**
 * Tells a link who has the addresses of this node, unasked (gratuitous ARP, unsolicited advertisements): in a burst, then
 * from time to time.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #announcing = new Map<string, Announcing>();
  readonly #defendedAt = new Map<string, Millis>();
  #timer: Cancel = () => {};

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Number of addresses that are announced. */
  get size(): number {
    return this.#announcing.size;
  }

  /** Announces an address from now on; one that is announced already, afresh. The next run() sends. */
  begin(address: string): void {
    const from = this.#options.clock.monotonic();
    this.#announcing.set(address, { from, sent: 0, due: from });
  }

  /** Announces all afresh. */
  beginAll(): void {
    for (const address of [...this.#announcing.keys()]) this.begin(address);
  }

  /** Announces an address afresh because another node did too. @returns false if that was done a moment ago. */
  answerRival(address: string): boolean {
    const last = this.#announcing.get(address);
    if (last !== undefined && this.#options.clock.monotonic() - last.from < REANNOUNCE_PAUSE) return false;
    this.begin(address);
    return true;
  }

  /** Tells once more, at once, who has an address, as a stranger has told otherwise; once in ten seconds at most. */
  defend(address: string): void {
    const { clock, mayAnnounce } = this.#options;
    const now = clock.monotonic();
    const isRecent = now - (this.#defendedAt.get(address) ?? Number.NEGATIVE_INFINITY) < DEFEND_INTERVAL;
    if (isRecent || !this.#announcing.has(address) || !mayAnnounce(address)) return;
    this.#defendedAt.set(address, now);
    this.#announce(address, BOTH_FORMS);
  }

  /** Announces an address no more. */
  end(address: string): void {
    this.#announcing.delete(address);
    this.#defendedAt.delete(address);
  }

  /** Sends what is due: some of it now, the rest in turns that follow. */
  run(): void {
    const { clock, mayAnnounce } = this.#options;
    const now = clock.monotonic();
    let left = ANNOUNCED_AT_ONCE;
    const crowd = this.#inBurst();
    for (const [address, { from, sent, due, burst = burstAmong(crowd) }] of this.#announcing) {
      if (due > now || !mayAnnounce(address)) continue;
      if (left === 0) {
        this.#timer();
        this.#timer = clock.after(0, () => this.run());
        return;
      }
      left -= 1;
      this.#announce(address, formsOf(sent, burst));
      announcements.inc({ occasion: isBurst(sent, burst) ? "burst" : "refresh" });
      const next = from + announcementDue(sent + 1, clock.random(), burst);
      this.#announcing.set(address, { from, sent: sent + 1, due: next, burst });
    }
  }

  /** Sends nothing more. */
  close(): void {
    this.#announcing.clear();
    this.#timer();
  }

  /** How many addresses are still in their burst. */
  #inBurst(): number {
    let count = 0;
    for (const { sent, burst } of this.#announcing.values())
      if (burst === undefined || isBurst(sent, burst)) count += 1;
    return count;
  }

  #announce(address: string, forms: readonly Form[]): void {
    const { link, send } = this.#options;
    const { mac, addresses } = link();
    const ip = parseAddress(address);
    if (ip.family === 6) {
      send(encodeEthernet(unsolicitedAdvertisement(mac, ipv6Source(addresses) ?? ip, ip)));
      return;
    }
    for (const form of forms) {
      send(encodeEthernet(form === "request" ? gratuitousRequest({ mac, ip }) : gratuitousReply({ mac, ip })));
    }
  }
}
