import { type Nft, removeTableStatements } from "@fairlead/nftables";
import { Turns } from "@fairlead/runtime";
import { LoadedTable, type Placement } from "./diff.ts";
import { lostFlows } from "./lost-flows.ts";
import type { Conntrack } from "./ports.ts";
import type { ForwardingTable } from "./table.ts";
import { FORWARDING_TABLE } from "./terms.ts";

/** What forwarding needs from outside. */
export interface ForwardingPorts {
  readonly nft: Nft;
  readonly conntrack: Conntrack;
}

/**
 * Keeps this node's forwarding as wanted. The first call replaces whatever an earlier process left, in one transaction;
 * later ones load only what changes. Calls take effect one after another.
 */
export class Forwarding {
  readonly #ports: ForwardingPorts;
  /** What the kernel holds; undefined while we do not know. */
  #loaded: LoadedTable | undefined;
  /** Where clients may still be sent to by the kernel, even after a load that failed. */
  #placement: Placement = new Map();
  readonly #turns = new Turns();

  constructor(ports: ForwardingPorts) {
    this.#ports = ports;
  }

  /**
   * Makes the kernel forward by `table`; no effect when it does already.
   *
   * @throws NftError when it could not be loaded. The kernel goes on as before; the next call replaces the whole table.
   */
  apply(table: ForwardingTable): Promise<void> {
    return this.#turns.run(() => this.#apply(table));
  }

  /**
   * Removes all forwarding, connections excepted: those that are there go on.
   *
   * @throws NftError as {@link apply}.
   */
  remove(): Promise<void> {
    return this.#turns.run(async () => {
      this.#loaded = undefined;
      await this.#ports.nft.load(removeTableStatements(FORWARDING_TABLE));
    });
  }

  async #apply(table: ForwardingTable): Promise<void> {
    const loaded = this.#loaded;
    const script = loaded?.advance(table);
    const next = loaded === undefined || script === undefined ? new LoadedTable(table) : loaded;
    if (script !== "") {
      // Unknown until the script is in effect: a failure leaves it so.
      this.#loaded = undefined;
      await this.#ports.nft.load(script ?? next.script);
    }
    this.#loaded = next;
    // Also where the kernel forwards as before: an endpoint that nothing new was sent to may be gone.
    const lost = lostFlows(this.#placement, next.placement);
    this.#placement = next.placement;
    if (lost.length > 0) this.#ports.conntrack.forget(lost);
  }
}
