/** Loads nftables scripts into the kernel. */
export interface Nft {
  /**
   * Loads one script (nft(8)) as one transaction: all of it, or nothing. Scripts take effect in the order of the calls.
   *
   * @throws NftError when the script is not in effect.
   */
  load(script: string): Promise<void>;
}
