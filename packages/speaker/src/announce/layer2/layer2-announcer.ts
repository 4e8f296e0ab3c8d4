import type { StatusPatch } from "@fairlead/kube";
import {
  Agent,
  type AgentOptions,
  type Heard,
  type Layer2Event,
  type Layer2Wish,
  type WantedAddress,
} from "@fairlead/l2";
import { formatTime, type Pacer } from "@fairlead/runtime";
import { layer2Addresses } from "../../plan/layer2.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Announcer, Forwarded } from "../announcer.ts";
import type { KnownAddress, TellOptions } from "../note.ts";
import { ownedAddresses } from "./metrics.ts";
import { Moves } from "./moves.ts";
import { Refusals } from "./refusals.ts";
import { layer2Status, refusedAddresses } from "./status.ts";
import { tellConflict, tellFinding } from "./wire.ts";

/** What a {@link Layer2Announcer} needs. */
export interface Layer2AnnouncerOptions extends Omit<AgentOptions, "onEvent">, TellOptions {
  /** What is logged and noted goes this way: thousands of lines at once would hold up heartbeats. */
  readonly words: Pick<Pacer, "run">;
  /** Told when the report may have changed. */
  readonly onChange: () => void;
}

/** How long others may take to take over when this node stops. */
const HAND_OVER_MILLIS = 1_000;

/** Layer 2 as a way to announce: has the {@link Agent} do what plans say, and tells of what it does. */
export class Layer2Announcer implements Announcer {
  readonly protocol = "layer2";
  readonly #options: Layer2AnnouncerOptions;
  readonly #agent: Agent;
  readonly #moves: Moves;
  readonly #refusals: Refusals;
  #plan: Plan | undefined;
  /** The one before it: what is withdrawn is there. */
  #before: Plan | undefined;
  /** What was wanted first, and may have been announced before this speaker started; undefined until then. */
  #first: ReadonlySet<string> | undefined;
  #wish: Layer2Wish | undefined;
  #stopped = false;

  constructor(options: Layer2AnnouncerOptions) {
    this.#options = options;
    this.#moves = new Moves(options);
    this.#refusals = new Refusals(options.log);
    this.#agent = new Agent({ ...options, onEvent: (event) => this.#tell(event) });
  }

  want(plan: Plan, forwarded: Forwarded | undefined): void {
    if (plan !== this.#plan) this.#before = this.#plan;
    this.#plan = plan;
    const all = layer2Addresses(plan);
    const addresses = all.filter(({ address }) => forwarded?.has(address));
    if (forwarded !== undefined) this.#first ??= new Set(addresses.map(({ address }) => address));
    const wish = {
      addresses: addresses.map((wanted) => ({ ...wanted, isNew: !this.#first?.has(wanted.address) })),
      expected: all.filter(({ address }) => !forwarded?.has(address)),
      ranges: [...plan.ranges.values()],
      nodes: plan.nodes,
      ready: forwarded !== undefined,
    };
    // Of a plan that withdraws nothing, what may be announced before it is forwarded is what is announced already.
    if (this.#wish === undefined || !isSame(wish, this.#wish)) this.#agent.want(wish);
    else this.#options.onChange();
    this.#wish = wish;
  }

  report(): StatusPatch {
    const report = this.#agent.report();
    const { clock } = this.#options;
    const offset = clock.now() - clock.monotonic();
    // Where there was no successor nothing was handed over; but nothing is answered for either.
    const held = this.#stopped ? { ...report, owned: [], shared: [] } : report;
    const refused = this.#plan === undefined ? [] : refusedAddresses(this.#plan, held.refusals);
    ownedAddresses.reset();
    for (const { name } of held.links) {
      ownedAddresses.set({ link: name }, held.owned.filter(({ link }) => link === name).length);
    }
    this.#refusals.tell(refused);
    return layer2Status(held, {
      refused,
      moves: this.#moves.recent,
      known: (address) => this.#known(address),
      wallClock: (monotonic) => formatTime(monotonic + offset),
    });
  }

  /** The speakers that are heard on any link, by node. Cheap: it may be called several times a second. */
  heard(): ReadonlyMap<string, Heard> {
    return this.#agent.heard();
  }

  async stop(): Promise<void> {
    await this.#agent.stop(HAND_OVER_MILLIS);
    this.#stopped = true;
  }

  #tell(event: Layer2Event): void {
    if (event.kind === "changed") this.#options.onChange();
    else this.#options.words.run(() => this.#tellInWords(event));
  }

  #tellInWords(event: Exclude<Layer2Event, { kind: "changed" }>): void {
    switch (event.kind) {
      case "moved":
        this.#moves.tell(event.move, this.#known(event.move.address));
        this.#options.onChange();
        return;
      case "conflict":
        tellConflict(event.conflict, this.#known(event.conflict.address), this.#options);
        return;
      case "finding":
        tellFinding(event.finding, this.#known(event.finding.address), this.#options);
    }
  }

  #known(address: string): KnownAddress | undefined {
    const plan = this.#plan?.addresses.has(address) ? this.#plan : this.#before;
    const planned = plan?.addresses.get(address);
    return planned && { ...planned, refusal: plan?.layer2.get(address)?.refusal };
  }
}

// What did not change in a plan is the same object.
function isSame(a: Layer2Wish, b: Layer2Wish): boolean {
  return (
    a.ready === b.ready &&
    a.nodes === b.nodes &&
    a.ranges.length === b.ranges.length &&
    a.ranges.every((range, i) => range === b.ranges[i]) &&
    areSameWanted(a.addresses, b.addresses) &&
    areSameWanted(a.expected, b.expected)
  );
}

function areSameWanted(a: readonly WantedAddress[], b: readonly WantedAddress[]): boolean {
  return a.length === b.length && a.every((one, i) => isSameWanted(one, b[i]));
}

function isSameWanted(a: WantedAddress, b: WantedAddress | undefined): boolean {
  return (
    a.address === b?.address &&
    a.nodes === b.nodes &&
    a.groups === b.groups &&
    a.isShared === b.isShared &&
    a.isNew === b.isNew
  );
}
