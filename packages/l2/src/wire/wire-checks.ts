import type { Mac } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { rank } from "../ownership/placement.ts";
import type { OwnershipState, Peer } from "../ownership/state.ts";
import type { Doubt } from "../packet/doubt.ts";

/** How long answers are waited for. */
const ANSWER_TIME: Millis = 250;

/** Addresses are asked for this far apart, */
const ASK_EVERY: Millis = 100;

/** and each of them not more often than this. */
const ROUND: Millis = 5_000;

/** What comes of asking for an address: all is well, or a reason for doubt. */
export type WireOutcome = "Answered" | Doubt["code"];

/** An address that another speaker owns, and that is not answered for as it ought to be. */
export interface WireFinding extends Doubt {
  readonly owner: string;
  /** Who answers. */
  readonly macs: readonly Mac[];
  readonly since: Millis;
}

/** Addresses are found to be wrong, or well again. */
export interface WireNews {
  readonly outcomes: readonly WireOutcome[];
  readonly found: readonly WireFinding[];
  readonly ended: readonly WireFinding[];
}

interface Question {
  readonly owner: string;
  readonly epoch: number;
  readonly mac: Mac;
  readonly at: Millis;
  readonly macs: Set<Mac>;
}

/**
 * Whether others answer for what they own, seen from this node: it asks for one of their addresses at a time, as any
 * neighbour does. Of the speakers other than the owner the one that ranks first for the address does so.
 */
export class WireChecks {
  readonly #questions = new Map<string, Question>();
  readonly #suspects = new Map<string, Doubt["code"]>();
  readonly #findings = new Map<string, WireFinding>();
  #round: string[] = [];
  #roundAt: Millis = Number.NEGATIVE_INFINITY;
  #askedAt: Millis = Number.NEGATIVE_INFINITY;

  /** What is wrong now, by address. */
  get findings(): ReadonlyMap<string, WireFinding> {
    return this.#findings;
  }

  /** The address to ask for now, if any. */
  next(state: OwnershipState, now: Millis): string | undefined {
    if (!state.link.up || now - this.#askedAt < ASK_EVERY) return undefined;
    if (this.#round.length === 0 && now - this.#roundAt >= ROUND) {
      this.#round = ours(state);
      this.#roundAt = now;
    }
    for (let address = this.#round.pop(); address !== undefined; address = this.#round.pop()) {
      const owner = ownerOf(address, state);
      if (owner === undefined || this.#questions.has(address)) continue;
      const { node, end } = owner;
      const epoch = owner.table.entries.get(address)?.epoch ?? 0;
      this.#questions.set(address, { owner: node, epoch, mac: end.mac, at: now, macs: new Set() });
      this.#askedAt = now;
      return address;
    }
    return undefined;
  }

  /** The question could not be asked. */
  forget(address: string): void {
    this.#questions.delete(address);
  }

  /** Somebody has answered a question of this node. */
  answered(address: string, mac: Mac): void {
    this.#questions.get(address)?.macs.add(mac);
  }

  /** Draws conclusions from the questions that have been open for long enough. */
  conclude(state: OwnershipState, now: Millis): WireNews {
    const news = { outcomes: [] as WireOutcome[], found: [] as WireFinding[], ended: [] as WireFinding[] };
    for (const [address, finding] of this.#findings) {
      if (ownerOf(address, state)?.node !== finding.owner) this.#end(address, news.ended);
    }
    for (const [address, question] of this.#questions) {
      if (now - question.at < ANSWER_TIME) continue;
      this.#questions.delete(address);
      // What has moved meanwhile was not asked of the right one.
      const owner = ownerOf(address, state);
      if (owner?.node !== question.owner || owner.table.entries.get(address)?.epoch !== question.epoch) continue;
      const outcome = outcomeOf(question);
      news.outcomes.push(outcome);
      if (outcome === "Answered") {
        this.#suspects.delete(address);
        this.#end(address, news.ended);
      } else this.#suspect(address, outcome, question, now, news.found);
    }
    return news;
  }

  // One answer may be lost, or late: only the second time is it true.
  #suspect(address: string, code: Doubt["code"], { owner, macs }: Question, now: Millis, found: WireFinding[]): void {
    const before = this.#findings.get(address);
    if (before?.code === code) return;
    if (this.#suspects.get(address) !== code) {
      this.#suspects.set(address, code);
      this.#round.push(address);
      return;
    }
    const finding: WireFinding = { address, code, owner, macs: [...macs].sort(), since: now };
    this.#findings.set(address, finding);
    found.push(finding);
  }

  #end(address: string, ended: WireFinding[]): void {
    const finding = this.#findings.get(address);
    if (finding === undefined) return;
    this.#findings.delete(address);
    ended.push(finding);
  }
}

function outcomeOf({ mac, macs }: Question): WireOutcome {
  if (macs.size === 0) return "NotSeenOnWire";
  if (!macs.has(mac)) return "WrongMac";
  return macs.size > 1 ? "TwoOwners" : "Answered";
}

function ownerOf(address: string, { peers }: OwnershipState): Peer | undefined {
  return [...peers.values()].find(({ table }) => table.entries.get(address)?.state === "owned");
}

/** What others own and this node is to ask for. */
function ours({ node, peers }: OwnershipState): string[] {
  const names = [node, ...peers.keys()];
  return [...peers.values()].flatMap((peer) => {
    const others = names.filter((name) => name !== peer.node);
    const owned = [...peer.table.entries.values()].filter(({ state }) => state === "owned");
    return owned.map(({ address }) => address).filter((address) => rank(address, others)[0] === node);
  });
}
