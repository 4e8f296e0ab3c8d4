import type { Link, LinkSocket, NdpSocket, OpenLinkSocket, OpenNdpSocket } from "@fairlead/linux";
import { formatAddress, type IpAddress } from "@fairlead/net";
import type { Clock, Millis } from "@fairlead/runtime";
import { clientSlot } from "../client-hash.ts";
import { ETHERTYPE } from "../packet/ethernet.ts";
import { solicitedNodeGroup } from "../packet/ndp.ts";
import type { Responder, Share } from "../ports.ts";
import { answerArp } from "./answer-arp.ts";
import { answerNdp } from "./answer-ndp.ts";
import { distinct, ofFamily, without } from "./answered-addresses.ts";
import type { DropReason } from "./drop-reason.ts";

/** What {@link userspaceResponder} works with. */
export interface UserspaceResponderOptions {
  readonly openLinkSocket: OpenLinkSocket;
  /** Called with the first IPv6 address: nodes without IPv6 need not have it. */
  readonly openNdpSocket: OpenNdpSocket;
  readonly clock: Clock;
  readonly link: Link;
  /** Silence after the last refresh, in milliseconds. */
  readonly timeoutMillis: Millis;
  /** Told of every ARP frame and every solicitation that was answered, or why not. */
  readonly onOutcome?: (outcome: "Answered" | DropReason) => void;
}

/**
 * Answers ARP and NDP from this process, where the kernel or nft cannot. The kernel's own answers go on beside it.
 *
 * @throws SystemCallError when the socket for ARP cannot be opened.
 */
export function userspaceResponder(options: UserspaceResponderOptions): Responder {
  const { openLinkSocket, openNdpSocket, clock, link, timeoutMillis, onOutcome } = options;
  let answered: ReadonlySet<string> = new Set();
  let shares: ReadonlyMap<string, Share> = new Map();
  let groups: readonly IpAddress[] = [];
  let refreshedAt: Millis | undefined;
  let ndp: NdpSocket | undefined;

  const expired = (): boolean => refreshedAt === undefined || clock.monotonic() - refreshedAt >= timeoutMillis;
  const respondToArp = (frame: Uint8Array): "Answered" | DropReason => {
    const answer = answerArp(answered, link.mac, frame);
    if ("drop" in answer) return answer.drop;
    if (expired()) return "Expired";
    if (!isOurs(answer.address, answer.client)) return "OtherShare";
    arp.send(answer.reply);
    return "Answered";
  };
  const respondToNdp = (message: Uint8Array, source: IpAddress): "Answered" | DropReason => {
    const answer = answerNdp(answered, link.mac, message, source);
    if ("drop" in answer) return answer.drop;
    if (expired()) return "Expired";
    if (!isOurs(answer.address, source)) return "OtherShare";
    ndp?.send(answer.reply, answer.destination);
    return "Answered";
  };
  const isOurs = (address: IpAddress, client: IpAddress): boolean => {
    return shares.get(formatAddress(address))?.slots.has(clientSlot(client)) ?? true;
  };
  // Several addresses may have one group.
  const follow = (wanted: readonly IpAddress[]): void => {
    if (wanted.length > 0) {
      ndp ??= openNdpSocket(link, (message, source) => {
        const outcome = respondToNdp(message, source);
        onOutcome?.(outcome);
      });
    }
    for (const group of without(groups, wanted)) {
      groups = without(groups, [group]);
      ndp?.leave(group);
    }
    for (const group of without(wanted, groups)) {
      ndp?.join(group);
      groups = [...groups, group];
    }
  };
  const arp: LinkSocket = openLinkSocket(link, [ETHERTYPE.arp], (frame) => {
    const outcome = respondToArp(frame);
    onOutcome?.(outcome);
  });
  return {
    kind: "userspace",
    keptByHeartbeats: false,
    async answer(addresses, parts = []) {
      const all = [...addresses, ...parts.map(({ address }) => address)];
      shares = new Map(parts.map((share) => [formatAddress(share.address), share]));
      answered = new Set(all.map(formatAddress));
      refreshedAt ??= clock.monotonic();
      follow(distinct(ofFamily(6, all).map(solicitedNodeGroup)));
    },
    async repair() {
      for (const group of groups) {
        ndp?.leave(group);
        ndp?.join(group);
      }
    },
    refresh() {
      if (refreshedAt !== undefined) refreshedAt = clock.monotonic();
    },
    async close() {
      answered = new Set();
      arp.close();
      ndp?.close();
    },
  };
}
