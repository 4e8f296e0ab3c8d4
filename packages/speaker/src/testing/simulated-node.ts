import { Forwarding } from "@fairlead/forwarding";
import { RecordedConntrack } from "@fairlead/forwarding/testing";
import type { Store } from "@fairlead/kube";
import { DEFAULT_TIMING, HeartbeatKeys, UserspaceResponder } from "@fairlead/l2";
import { ndpOverFrames } from "@fairlead/l2/testing";
import type { MemoryHost } from "@fairlead/linux/testing";
import type { ClassFilter } from "@fairlead/model";
import { SimulatedNft } from "@fairlead/nftables/testing";
import type { Clock, Log } from "@fairlead/runtime";
import { Decider } from "../decider.ts";
import { NodeSpeaker } from "../node-speaker.ts";
import type { Decision } from "../plan/decide.ts";
import type { NodePorts } from "../ports.ts";
import { SimulatedKernel } from "./simulated-kernel.ts";
import { SimulatedProcess } from "./simulated-process.ts";

/** What a {@link SimulatedNode} needs. */
export interface SimulatedNodeOptions {
  /** Its end of the LAN; the Node object has the host's name. */
  readonly host: MemoryHost;
  /** Its end of a second network, which its kernel is on, but no address is announced on; absent without one. */
  readonly management?: MemoryHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly classes: ClassFilter;
  /** Opens the store for a speaker that starts. */
  readonly openStore: (clock: Clock) => Store;
}

interface Running {
  readonly process: SimulatedProcess;
  readonly store: Store;
  readonly decider: Decider;
  readonly speaker: NodeSpeaker;
}

/**
 * A node in memory with the same Decider and Speaker as a real one: user-space answers over the host's link, and
 * nftables as text. What its kernel holds stays when its speaker ends.
 */
export class SimulatedNode {
  readonly host: MemoryHost;
  /** What the kernel forwards by. */
  readonly nft = new SimulatedNft();
  /** Goes on when its speaker ends. */
  readonly kernel: SimulatedKernel;
  readonly #options: SimulatedNodeOptions;
  #running: Running | undefined;

  constructor(options: SimulatedNodeOptions) {
    const { host, management } = options;
    this.host = host;
    this.kernel = new SimulatedKernel(management === undefined ? [host] : [host, management]);
    this.#options = options;
  }

  get name(): string {
    return this.host.name;
  }

  /** Starts a speaker; one that runs already must be stopped or killed first. */
  start(): void {
    if (this.#running !== undefined) throw new Error(`Cannot start a speaker on ${this.name}: there is one already`);
    const { host, clock, log, classes, openStore } = this.#options;
    const process = new SimulatedProcess(clock, host, this.kernel);
    const { links, openLinkSocket, openEcho, clock: own } = process;
    const timing = DEFAULT_TIMING;
    const keys = new HeartbeatKeys();
    const timeoutMillis = timing.detection - timing.interval;
    const ports: NodePorts = {
      links,
      openLinkSocket,
      openEcho,
      makeResponder: async (link) =>
        new UserspaceResponder({
          openLinkSocket,
          openNdpSocket: ndpOverFrames(openLinkSocket),
          clock: own,
          link,
          timeoutMillis,
        }),
    };
    const forwarding = new Forwarding({ nft: this.nft, conntrack: new RecordedConntrack() });
    const store = openStore(own);
    const fixed = { node: this.name, forwarding: "direct", classes } as const;
    const onDecision = ({ plan, forwarding: table }: Decision) => speaker.follow(plan, () => forwarding.apply(table));
    const decider = new Decider({ store, clock: own, log, fixed, onDecision });
    const responder = "userspace";
    const speaker = new NodeSpeaker({
      node: this.name,
      classes,
      responder,
      ports,
      reporter: decider,
      timing,
      keys,
      clock: own,
      log,
    });
    this.#running = { process, store, decider, speaker };
    decider.start();
  }

  /** Why the speaker is not ready; undefined if it is. */
  notReady(): string | undefined {
    return this.#running === undefined ? "not running" : this.#running.speaker.notReady();
  }

  /** SIGTERM: hands its addresses over, writes its status, ends. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.speaker.stop();
    await running?.decider.stop();
  }

  /** SIGKILL: no goodbye. The link stays up. */
  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.process.kill();
    await running?.store.stop();
  }

  /** SIGSTOP: its timers are late, and what comes for it waits, until {@link resume}. */
  pause(): void {
    this.#running?.process.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.#running?.process.resume();
  }

  /** The power goes: SIGKILL, and the links are cut. */
  async crash(): Promise<void> {
    this.host.cut();
    this.#options.management?.cut();
    await this.kill();
  }
}
