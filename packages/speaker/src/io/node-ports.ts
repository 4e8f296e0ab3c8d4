import { Forwarding } from "@fairlead/forwarding";
import { ConntrackCommand } from "@fairlead/forwarding/io";
import {
  answers,
  gateKeeper,
  kernelResponder,
  type OwnershipTiming,
  type Responder,
  userspaceResponder,
} from "@fairlead/l2";
import type { Link } from "@fairlead/linux";
import {
  openAnycast,
  openDatagrams,
  openEcho,
  openLinkSocket,
  openNdpSocket,
  restoreProxyDelay,
  watchLinks,
} from "@fairlead/linux/io";
import { formatAddress, type IpAddress } from "@fairlead/net";
import { NetlinkGate, NftCommand } from "@fairlead/nftables/io";
import type { Clock, Log } from "@fairlead/runtime";
import { UsageError } from "@fairlead/runtime";
import { removeLeftTables } from "../left-tables.ts";
import type { NodePorts } from "../ports.ts";

/** What answers ARP and NDP: the kernel where it can, or one of the two. */
export type ResponderChoice = "auto" | Responder["kind"];

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
  const inUserSpace = (link: Link): Responder => {
    return userspaceResponder({ openLinkSocket, openNdpSocket, clock, link, timeoutMillis, onOutcome });
  };
  const onOutcome = (outcome: string, count = 1) => answers.inc({ outcome }, count);
  const makeResponder = async (link: Link): Promise<Responder> => {
    const keptBy = responder === "userspace" ? undefined : await gateKeeper(nft, link);
    if (keptBy !== undefined) {
      if (keptBy === "refresh") {
        const why = "the kernel has no egress hook (Linux 5.16): answers wait while another program changes nftables";
        log.info({ link: link.name }, why);
      }
      const openGate = (element: ConstructorParameters<typeof NetlinkGate>[0], onLost: () => void) =>
        new NetlinkGate(element, (error) => {
          log.warn({ link: link.name, err: error.message }, "cannot keep the responder alive");
          if (error.code === "ENOENT") onLost();
        });
      const openSubstitute = () => inUserSpace(link);
      const onRefused = (address: IpAddress, error: unknown) => {
        const fields = { address: formatAddress(address), link: link.name, err: String(error) };
        log.warn(fields, "the kernel cannot answer for this address; answering from user space");
      };
      const onCannotPassOn = (error: unknown) => {
        const why = "connections under way cannot be passed on to the former owner of an address: they break";
        log.warn({ link: link.name, err: String(error) }, why);
      };
      const callbacks = { openSubstitute, onRefused, onCannotPassOn, onOutcome };
      return kernelResponder({ nft, clock, openGate, openAnycast, ...callbacks, link, timeoutMillis, keptBy });
    }
    if (responder === "kernel")
      throw new Error(`Cannot answer in the kernel on ${link.name}: kernel or nft lack what it takes`);
    return inUserSpace(link);
  };
  try {
    const links = await watchLinks();
    const forwarding = new Forwarding({ nft, conntrack: new ConntrackCommand({ log }) });
    const openPort = (onDatagram: Parameters<typeof openDatagrams>[1]) => openDatagrams(heartbeatPort, onDatagram);
    const secondPath = heartbeatPort > 0 && { openDatagrams: openPort };
    return { links, openLinkSocket, openEcho, makeResponder, forwarding, ...secondPath };
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
