import type { Link, LinkSocket, OpenLinkSocket } from "@fairlead/linux";
import { formatAddress } from "@fairlead/net";
import type { Clock, Millis } from "@fairlead/runtime";
import { answerArp } from "./answer-arp.ts";
import { ipv4Only } from "./answered-addresses.ts";
import type { DropReason } from "./drop-reason.ts";
import { ETHERTYPE } from "./packet/ethernet.ts";
import type { Responder } from "./ports.ts";

/** What {@link userspaceResponder} works with. */
export interface UserspaceResponderOptions {
  readonly openLinkSocket: OpenLinkSocket;
  readonly clock: Clock;
  readonly link: Link;
  /** Silence after the last refresh, in milliseconds. */
  readonly timeoutMillis: Millis;
  /** Told of every ARP frame that was answered, or why not. */
  readonly onOutcome?: (outcome: "Answered" | DropReason) => void;
}

/**
 * Answers ARP from this process, where the kernel or nft cannot. The kernel's own answers go on beside it.
 *
 * @throws SystemCallError when the socket cannot be opened.
 */
export function userspaceResponder(options: UserspaceResponderOptions): Responder {
  const { openLinkSocket, clock, link, timeoutMillis, onOutcome } = options;
  let answered: ReadonlySet<string> = new Set();
  let refreshedAt: Millis | undefined;

  const respond = (frame: Uint8Array): "Answered" | DropReason => {
    const answer = answerArp(answered, link.mac, frame);
    if ("drop" in answer) return answer.drop;
    if (refreshedAt === undefined || clock.monotonic() - refreshedAt >= timeoutMillis) return "Expired";
    socket.send(answer.reply);
    return "Answered";
  };
  const socket: LinkSocket = openLinkSocket(link, [ETHERTYPE.arp], (frame) => {
    const outcome = respond(frame);
    onOutcome?.(outcome);
  });
  return {
    kind: "userspace",
    async answer(addresses) {
      answered = new Set(ipv4Only(addresses).map(formatAddress));
      refreshedAt ??= clock.monotonic();
    },
    refresh() {
      if (refreshedAt !== undefined) refreshedAt = clock.monotonic();
    },
    async close() {
      answered = new Set();
      socket.close();
    },
  };
}
