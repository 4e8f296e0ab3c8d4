import {
  answers,
  gateKeeper,
  KernelResponder,
  type KernelResponderOptions,
  type Responder,
  UserspaceResponder,
} from "@fairlead/l2";
import type { Link } from "@fairlead/linux";
import { openAnycast, openLinkSocket, openNdpSocket } from "@fairlead/linux/io";
import { formatAddress } from "@fairlead/net";
import type { Nft } from "@fairlead/nftables";
import { NetlinkGate } from "@fairlead/nftables/io";
import type { Clock, Log, Millis } from "@fairlead/runtime";

/** What answers ARP and NDP: the kernel where it can, or one of the two. */
export type ResponderChoice = "auto" | Responder["kind"];

/** What a responder is made with. */
export interface ResponderOptions {
  readonly choice: ResponderChoice;
  readonly nft: Nft;
  /** Silence after which nothing is answered. */
  readonly timeoutMillis: Millis;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The best responder that a link allows, as far as the choice goes.
 *
 * @throws Error when the kernel was chosen, and cannot.
 */
export async function makeResponder(link: Link, options: ResponderOptions): Promise<Responder> {
  const { choice, nft, timeoutMillis, clock, log } = options;
  const keptBy = choice === "userspace" ? undefined : await gateKeeper(nft, link);
  if (keptBy === undefined) {
    if (choice !== "kernel") return inUserSpace(link, options);
    throw new Error(`Cannot answer in the kernel on ${link.name}: kernel or nft lack what it takes`);
  }
  if (keptBy === "refresh") {
    const why = "the kernel has no egress hook (Linux 5.16): answers may pause while another program changes nftables";
    log.info({ link: link.name }, why);
  }
  const openGate: KernelResponderOptions["openGate"] = (element, onLost) =>
    new NetlinkGate(element, (error) => {
      log.warn({ link: link.name, err: error.message }, "cannot keep the responder alive");
      if (error.code === "ENOENT") onLost();
    });
  return new KernelResponder({
    ...{ nft, clock, openGate, openAnycast, link, timeoutMillis, keptBy, onOutcome },
    openSubstitute: () => inUserSpace(link, options),
    onRefused: (address, error) => {
      const fields = { address: formatAddress(address), link: link.name, err: String(error) };
      log.warn(fields, "the kernel cannot answer for this address; answering from user space");
    },
    onCannotPassOn: (error) => {
      const why = "connections under way cannot be passed on to the former owner of an address: they break";
      log.warn({ link: link.name, err: String(error) }, why);
    },
  });
}

function inUserSpace(link: Link, { clock, timeoutMillis }: ResponderOptions): Responder {
  return new UserspaceResponder({ openLinkSocket, openNdpSocket, clock, link, timeoutMillis, onOutcome });
}

function onOutcome(outcome: string, count = 1): void {
  answers.inc({ outcome }, count);
}
