import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller } from "@fairlead/controller";
import { DEFAULT_LEASE_TIMING } from "@fairlead/kube";
import { FolderStore } from "@fairlead/kube/io";
import { NeighborClient } from "@fairlead/l2/testing";
import { MemoryLan } from "@fairlead/linux/testing";
import type { Clock, Log } from "@fairlead/runtime";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { SimulatedNode } from "@fairlead/speaker/testing";
import { LAB, nodePlan, podAddress } from "@fairlead/testing";
import { DemoFolder } from "./demo-folder.ts";

const CLASSES = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };

/** The addresses of the laboratory without its namespaces: links are memory, and all of Fairlead is one process. */
export class SimulatedSite {
  readonly folder = new DemoFolder(mkdtempSync(join(tmpdir(), "fairlead-demo-")));
  readonly nodes: readonly SimulatedNode[];
  readonly client: NeighborClient;
  readonly #log = new MemoryLog();
  readonly #controller: Controller;
  readonly #pods = [1, 2].map((number) => ({ node: { name: `n${number}` }, address: podAddress(number, 10) }));

  constructor() {
    const lan = new MemoryLan();
    const [, width] = LAB.lan.ipv4.split("/");
    this.nodes = [1, 2, 3].map((number) => {
      const { lan: address } = nodePlan(number);
      const host = lan.host(`n${number}`, `${address.ipv4}/${width}`);
      this.folder.addNode({ name: host.name, number, address });
      const log = this.#log.child({ who: `speaker ${host.name}` });
      const openStore = (clock: Clock) => this.#openStore(clock, log);
      return new SimulatedNode({ host, clock: systemClock, log, classes: CLASSES, openStore });
    });
    this.folder.setEndpoints(this.#pods);
    this.client = new NeighborClient({ ...lan.host("client", `${LAB.client.ipv4}/${width}`), clock: systemClock });
    const log = this.#log.child({ who: "controller" });
    this.#controller = new Controller({
      store: this.#openStore(systemClock, log),
      clock: systemClock,
      log,
      classes: CLASSES,
      identity: "simulated",
      namespace: "fairlead-system",
      leaseTiming: DEFAULT_LEASE_TIMING,
    });
  }

  /** Starts the controller and a speaker on each node. */
  start(): void {
    this.#controller.start();
    for (const node of this.nodes) node.start();
  }

  /** Whether the controller and all speakers are ready. */
  ready(): boolean {
    return [this.#controller, ...this.nodes].every((one) => one.notReady() === undefined);
  }

  /** The node that answered the client's last request for the address. */
  owner(address: string): SimulatedNode | undefined {
    const answer = this.client
      .exchanges(address)
      .flatMap(({ answers }) => answers)
      .at(-1);
    return this.nodes.find(({ host }) => host.link().mac === answer?.mac);
  }

  /** Kills a node. */
  async kill(node: SimulatedNode): Promise<void> {
    await node.crash();
  }

  /** What was logged of an address. */
  story(address: string): string {
    const lines = this.#log.lines.map(({ fields: { who, ...fields }, message }) => {
      return `${who}: ${message} ${JSON.stringify(fields)}`;
    });
    return lines.filter((line) => line.includes(address)).join("\n");
  }

  /** Ends all, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.#controller.stop();
    rmSync(this.folder.path, { recursive: true, force: true });
  }

  #openStore(clock: Clock, log: Log): FolderStore {
    return new FolderStore({ root: this.folder.path, clock, log });
  }
}
