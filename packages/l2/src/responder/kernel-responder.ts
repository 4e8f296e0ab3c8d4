import type { Link } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";
import type { Gate, Nft, TimedElement } from "@fairlead/nftables";
import { type Millis, Turns } from "@fairlead/runtime";
import type { Responder, Share } from "../ports.ts";
import { AnswerCounts, type AnswerCountsOptions } from "./answer-counts.ts";
import { distinct } from "./answered-addresses.ts";
import { AnycastAddresses, type AnycastOptions } from "./anycast-addresses.ts";
import type { GateKeeper } from "./kernel-rules.ts";
import { type Answers, changeTable, gateElement, hasShares, removeTable, replaceTable } from "./kernel-table.ts";
import { LateFrames, type LateFramesOptions } from "./late-frames.ts";

/** What a {@link KernelResponder} works with. */
export interface KernelResponderOptions extends AnycastOptions, LateFramesOptions, AnswerCountsOptions {
  /** `onLost` is to be called when a refresh fails because the table is gone: the responder then makes it anew. */
  readonly openGate: (element: TimedElement, onLost: () => void) => Gate;
  readonly link: Link;
  /** Silence after the last refresh, in milliseconds, 100 or more. */
  readonly timeoutMillis: Millis;
  /** What keeps the answers coming; see {@link gateKeeper}. */
  readonly keptBy: GateKeeper;
}

const NOTHING: Answers = { addresses: [], shares: [] };

/**
 * Answers ARP and NDP in the kernel (nftables, netdev family; anycast addresses): no user space is in the path of an
 * answer, and a pause of this process shorter than the timeout harms nothing. The link must keep its name and Ethernet
 * address; make another responder when they change. Nothing touches the kernel before the first {@link answer}.
 */
export class KernelResponder implements Responder {
  readonly kind = "kernel";
  readonly keptByHeartbeats: boolean;
  readonly #options: KernelResponderOptions;
  readonly #anycast: AnycastAddresses;
  readonly #late: LateFrames;
  readonly #counts: AnswerCounts;
  readonly #turns = new Turns();
  #wanted: Answers = NOTHING;
  /** What the kernel has; undefined if that is not known. */
  #loaded: Answers | undefined;
  #gate: Gate | undefined;
  #repairing = false;
  #closed = false;

  constructor(options: KernelResponderOptions) {
    this.#options = options;
    this.keptByHeartbeats = options.keptBy === "heartbeats";
    this.#anycast = new AnycastAddresses(options);
    this.#late = new LateFrames(options);
    this.#counts = new AnswerCounts(options);
  }

  answer(addresses: readonly IpAddress[], shares: readonly Share[] = []): Promise<void> {
    return this.#turns.run(() => {
      this.#wanted = { addresses: distinct(addresses), shares };
      return this.#apply();
    });
  }

  passOn(former: ReadonlyMap<string, IpAddress>, owned: ReadonlySet<string>): Promise<void> {
    return this.#turns.run(async () => {
      if (!this.#closed) await this.#late.follow(former, owned);
    });
  }

  repair(): Promise<void> {
    return this.#turns.run(() => {
      this.#anycast.leaveAllBut([]);
      return this.#reload();
    });
  }

  refresh(): void {
    this.#anycast.refresh();
    if (this.#gate === undefined) return;
    if (!this.keptByHeartbeats) this.#gate.refresh();
    else if (!isThere(this.#gate)) this.#repairLost();
    this.#counts.look(this.#gate);
  }

  close(): Promise<void> {
    return this.#turns.run(async () => {
      this.#closed = true;
      if (this.#gate !== undefined) this.#counts.beginAnew(this.#gate);
      this.#gate?.close();
      this.#gate = undefined;
      try {
        await this.#anycast.close();
      } finally {
        await this.#options.nft.load(`${removeTable(this.#options.link)}${this.#late.removal}`);
      }
    });
  }

  // The kernel must never have an address that the gate does not know of.
  async #apply(): Promise<void> {
    if (this.#closed) return;
    const { link } = this.#options;
    const goal = this.#wanted;
    const all = distinct([...goal.addresses, ...goal.shares.map(({ address }) => address)]);
    this.#anycast.leaveAllBut(all);
    const loaded = this.#loaded;
    const change =
      loaded === undefined || hasShares(loaded) !== hasShares(goal) ? "all" : changeTable(link, loaded, goal);
    if (change !== undefined) await this.#load(goal, change);
    await this.#anycast.join(all);
  }

  /** @param change - the script that leads from what is loaded to the goal, or "all" for a new table. */
  async #load(goal: Answers, change: string): Promise<void> {
    const { nft, link, timeoutMillis, openGate } = this.#options;
    if (change === "all" && this.#gate !== undefined) this.#counts.beginAnew(this.#gate);
    // Whatever a failed load leaves behind is replaced as a whole by the next one.
    this.#loaded = undefined;
    await nft.load(change === "all" ? replaceTable(link, goal, this.#options) : change);
    this.#loaded = goal;
    this.#gate ??= openGate(gateElement(link, timeoutMillis), () => this.#repairLost());
  }

  #reload(): Promise<void> {
    this.#loaded = undefined;
    return this.#apply();
  }

  // Somebody has flushed the whole rule set, as firewalls do when they restart.
  #repairLost(): void {
    if (this.#repairing) return;
    this.#repairing = true;
    // If this fails too, the next refresh does, and comes here again.
    this.#turns
      .run(() => this.#reload())
      .catch(() => undefined)
      .finally(() => {
        this.#repairing = false;
      });
  }
}

/**
 * What can keep the kernel's answers coming on this link, the best first; undefined if kernel or nft cannot answer there. Loads
 * the very table, answering for nothing, and removes it: asks the kernel, not its version. Call it before there is a responder
 * for the link: it would lose its table.
 */
export async function gateKeeper(nft: Nft, link: Link): Promise<GateKeeper | undefined> {
  for (const keptBy of ["heartbeats", "refresh"] as const) {
    try {
      await nft.load(replaceTable(link, NOTHING, { timeoutMillis: 1_000, keptBy }));
      await nft.load(removeTable(link));
      return keptBy;
    } catch {
      // The next one takes less.
    }
  }
  return undefined;
}

// A table that is there has counters. What cannot be read now is asked for again soon.
function isThere(gate: Gate): boolean {
  try {
    return gate.counters()?.size !== 0;
  } catch {
    return true;
  }
}
