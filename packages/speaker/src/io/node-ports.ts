import type { OwnershipTiming } from "@fairlead/l2";
import { openDatagrams, openEcho, openLinkSocket, restoreProxyDelay, watchLinks } from "@fairlead/linux/io";
import { NftCommand } from "@fairlead/nftables/io";
import type { Clock, Log } from "@fairlead/runtime";
import { UsageError } from "@fairlead/runtime";
import { removeLeftTables } from "../left-tables.ts";
import type { NodePorts } from "../ports.ts";
import { makeResponder, type ResponderChoice } from "./make-responder.ts";

/** What {@link openNode} needs. */
export interface NodeOptions {
  readonly responder: ResponderChoice;
  /** UDP port of the second path of heartbeats; 0 for none. */
  readonly heartbeatPort: number;
  readonly timing: OwnershipTiming;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * This node, for real.
 *
 * @throws UsageError when the kernel does not tell about its links.
 */
export async function openNode({ responder, heartbeatPort, timing, clock, log }: NodeOptions): Promise<NodePorts> {
  const nft = new NftCommand();
  // The answers must have ended before anybody may take the owner for gone.
  const timeoutMillis = timing.detection - timing.interval;
  const how = { choice: responder, nft, timeoutMillis, clock, log };
  try {
    const links = await watchLinks();
    const openPort = (onDatagram: Parameters<typeof openDatagrams>[1]) => openDatagrams(heartbeatPort, onDatagram);
    const secondPath = heartbeatPort > 0 && { openDatagrams: openPort };
    return { links, openLinkSocket, openEcho, makeResponder: (link) => makeResponder(link, how), ...secondPath };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot use this node: the kernel must tell about its links: ${why}`, { cause });
  }
}

/**
 * Removes everything that speakers have left in this node's kernel, for links that are gone too. Connections under way keep
 * their conntrack entries, and so go on.
 *
 * @throws NftError, SystemCallError
 */
export async function cleanUpNode(): Promise<void> {
  const nft = new NftCommand();
  await nft.load(removeLeftTables(await nft.tables()));
  const links = await watchLinks();
  for (const link of links.current()) if (!link.loopback) restoreProxyDelay(link);
  links.close();
}
