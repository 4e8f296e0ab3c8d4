import { setTimeout as delay } from "node:timers/promises";
import type { Scene } from "./scene.ts";

/** What was seen in the statuses of Services, from the first look on. */
export interface Seen {
  /** The last address of each Service, by uid; of one that is gone, too. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Services whose address became another, or none. */
  readonly changes: readonly string[];
  /** Addresses that two Services had at once. */
  readonly twice: readonly string[];
}

/** Looks at all Services over and over until it is told to stop; looks that fail are made again. */
export function watchAddresses(scene: Scene): { stop(): Promise<Seen> } {
  const addresses = new Map<string, string>();
  const changes: string[] = [];
  const twice: string[] = [];
  let running = true;
  const look = async () => {
    const holders = new Map<string, string>();
    for (const { metadata, status } of await scene.services()) {
      const address = status.loadBalancer?.ingress?.[0]?.ip;
      const before = addresses.get(metadata.uid);
      if (before !== undefined && before !== address) changes.push(`${metadata.name}: ${before} to ${address}`);
      if (address === undefined) continue;
      addresses.set(metadata.uid, address);
      const other = holders.get(address);
      if (other !== undefined) twice.push(`${address}: ${other} and ${metadata.name}`);
      holders.set(address, metadata.name);
    }
  };
  const ended = (async () => {
    for (; running; await delay(50)) await look().catch(() => undefined);
    await look();
  })();
  return {
    async stop() {
      running = false;
      await ended;
      return { addresses, changes, twice };
    },
  };
}
