import { isDeepStrictEqual } from "node:util";
import type { Forwarding, ForwardingTable } from "@fairlead/forwarding";

/**
 * What a node may be told to forward by, in the thread that decides, until the one that announces says that it is time: what is
 * withdrawn must be withdrawn first. Tables never cross to the other thread; their numbers do.
 */
export class OfferedForwarding {
  readonly #forwarding: Pick<Forwarding, "apply">;
  readonly #tables = new Map<number, ForwardingTable>();
  #last = 0;

  constructor(forwarding: Pick<Forwarding, "apply">) {
    this.#forwarding = forwarding;
  }

  /** Whether a table differs from the last one that was offered, or is the first. */
  isNews(table: ForwardingTable): boolean {
    return !isDeepStrictEqual(this.#tables.get(this.#last), table);
  }

  /** Takes a table. @returns its number: from 1, and greater than all before. */
  offer(table: ForwardingTable): number {
    this.#last += 1;
    this.#tables.set(this.#last, table);
    return this.#last;
  }

  /**
   * Has the node forward by a table that was offered, and by none before it any more.
   *
   * @throws NftError when it could not be loaded; RangeError for one that is superseded or was never offered.
   */
  async apply(number: number): Promise<void> {
    const table = this.#tables.get(number);
    if (table === undefined) {
      throw new RangeError(
        `Cannot forward by table ${number}: it must be one of ${[...this.#tables.keys()].join(", ")}`,
      );
    }
    for (const older of this.#tables.keys()) if (older < number) this.#tables.delete(older);
    await this.#forwarding.apply(table);
  }
}
