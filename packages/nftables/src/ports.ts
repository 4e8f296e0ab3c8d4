/** An element of a set in a table of family netdev that goes away by itself. */
export interface TimedElement {
  /** Name of the table, of family netdev. */
  readonly table: string;
  readonly set: string;
  /** The key in the set's wire form: its length is that of the set's type. */
  readonly key: Uint8Array;
  /** Life after each refresh, in milliseconds, 1 or more. */
  readonly timeoutMillis: number;
}

/** One {@link TimedElement} that is there as long as it is refreshed, and its table's counters. */
export interface Gate {
  /** Puts the element there for another timeout, whether it is still there or not. Synchronous, never throws. */
  refresh(): void;
  /**
   * The named counters of the table, as packets by name, none if the table is not there; undefined if it must be tried
   * again. Waits for nobody. @throws SystemCallError
   */
  counters(): ReadonlyMap<string, number> | undefined;
  close(): void;
}

/** Loads nftables scripts into the kernel. */
export interface Nft {
  /**
   * Loads one script (nft(8)) as one transaction: all of it, or nothing. Scripts take effect in the order of the calls.
   *
   * @throws NftError when the script is not in effect.
   */
  load(script: string): Promise<void>;
}
