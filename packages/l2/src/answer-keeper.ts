import { type IpAddress, parseAddress } from "@fairlead/net";
import type { Log } from "@fairlead/runtime";
import { ownedBy } from "./link-report.ts";
import type { OwnershipState } from "./ownership/state.ts";
import type { Responder, Share } from "./ports.ts";

/** What an {@link AnswerKeeper} needs. */
export interface AnswerKeeperOptions {
  readonly responder: Responder;
  /** Name of the link. */
  readonly link: string;
  readonly log: Log;
  /** Called each time that what is to be answered is answered. */
  readonly onAnswering: () => void;
}

/** Keeps what answers on a link to what this node owns there. What failed is stale, and done by the next call. */
export class AnswerKeeper {
  readonly #options: AnswerKeeperOptions;
  #answered: ReadonlySet<string> = new Set();
  /** What was last answered of shared addresses: one that leaves answers on. */
  #shares: readonly Share[] = [];
  #settled: Promise<void> = Promise.resolve();
  #isStale = false;

  constructor(options: AnswerKeeperOptions) {
    this.#options = options;
  }

  /** Whether an address is answered for by now. */
  answers(address: string): boolean {
    return this.#answered.has(address);
  }

  /** Whether parts of shared addresses are answered. */
  get answersShares(): boolean {
    return this.#shares.length > 0;
  }

  /** Whether something failed since the last call of {@link follow}. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Resolves when the last call of {@link follow} has taken effect, or failed. Never rejects. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /**
   * Answers for what this node owns in a state. Calls may overlap: the responder runs them in order, and the last one counts.
   *
   * @param former - see {@link Responder.passOn}.
   */
  follow(state: OwnershipState, former: ReadonlyMap<string, IpAddress> = new Map()): void {
    const { responder, link, log, onAnswering } = this.#options;
    this.#isStale = false;
    const addresses = [...ownedBy(state).keys()];
    const isLeaving = state.leaving && state.shares.size === 0;
    if (!isLeaving) this.#shares = [...state.shares].map(([text, slots]) => ({ address: parseAddress(text), slots }));
    void responder.passOn?.(former, new Set(addresses));
    this.#settled = responder.answer(addresses.map(parseAddress), this.#shares).then(
      () => {
        this.#answered = new Set(addresses);
        onAnswering();
      },
      (error) => {
        this.#isStale = true;
        log.error({ link, err: String(error) }, "cannot answer for addresses; trying again");
      },
    );
  }

  /** Makes all that answers again. */
  repair(): void {
    const { responder, link, log, onAnswering } = this.#options;
    responder.repair().then(onAnswering, (error) => {
      this.#isStale = true;
      log.error({ link, err: String(error) }, "cannot repair what answers; trying again");
    });
  }

  /** Answers nothing any more. */
  async close(): Promise<void> {
    await this.#settled;
    await this.#options.responder.close();
  }
}
