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

/** What a {@link UserspaceResponder} works with. */
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

/** Answers ARP and NDP from this process, where the kernel or nft cannot. The kernel's own answers go on beside it. */
export class UserspaceResponder implements Responder {
  readonly kind = "userspace";
  readonly keptByHeartbeats = false;
  readonly #options: UserspaceResponderOptions;
  readonly #arp: LinkSocket;
  #ndp: NdpSocket | undefined;
  #answered: ReadonlySet<string> = new Set();
  #shares: ReadonlyMap<string, Share> = new Map();
  #groups: readonly IpAddress[] = [];
  #refreshedAt: Millis | undefined;

  /** @throws SystemCallError when the socket for ARP cannot be opened. */
  constructor(options: UserspaceResponderOptions) {
    this.#options = options;
    const { openLinkSocket, link, onOutcome } = options;
    this.#arp = openLinkSocket(link, [ETHERTYPE.arp], (frame) => {
      const outcome = this.#respondToArp(frame);
      onOutcome?.(outcome);
    });
  }

  async answer(addresses: readonly IpAddress[], parts: readonly Share[] = []): Promise<void> {
    const all = [...addresses, ...parts.map(({ address }) => address)];
    this.#shares = new Map(parts.map((share) => [formatAddress(share.address), share]));
    this.#answered = new Set(all.map(formatAddress));
    this.#refreshedAt ??= this.#options.clock.monotonic();
    this.#follow(distinct(ofFamily(6, all).map(solicitedNodeGroup)));
  }

  async repair(): Promise<void> {
    for (const group of this.#groups) {
      this.#ndp?.leave(group);
      this.#ndp?.join(group);
    }
  }

  refresh(): void {
    if (this.#refreshedAt !== undefined) this.#refreshedAt = this.#options.clock.monotonic();
  }

  async close(): Promise<void> {
    this.#answered = new Set();
    this.#arp.close();
    this.#ndp?.close();
  }

  #respondToArp(frame: Uint8Array): "Answered" | DropReason {
    const answer = answerArp(this.#answered, this.#options.link.mac, frame);
    if ("drop" in answer) return answer.drop;
    const obstacle = this.#obstacle(answer.address, answer.client);
    if (obstacle !== undefined) return obstacle;
    this.#arp.send(answer.reply);
    return "Answered";
  }

  #respondToNdp(message: Uint8Array, source: IpAddress): "Answered" | DropReason {
    const answer = answerNdp(this.#answered, this.#options.link.mac, message, source);
    if ("drop" in answer) return answer.drop;
    const obstacle = this.#obstacle(answer.address, source);
    if (obstacle !== undefined) return obstacle;
    this.#ndp?.send(answer.reply, answer.destination);
    return "Answered";
  }

  /** Why a client is not answered who asks for an address of this node; undefined if it is. */
  #obstacle(address: IpAddress, client: IpAddress): DropReason | undefined {
    const { clock, timeoutMillis } = this.#options;
    const isExpired = this.#refreshedAt === undefined || clock.monotonic() - this.#refreshedAt >= timeoutMillis;
    if (isExpired) return "Expired";
    const isOurs = this.#shares.get(formatAddress(address))?.slots.has(clientSlot(client)) ?? true;
    return isOurs ? undefined : "OtherShare";
  }

  // Several addresses may have one group.
  #follow(wanted: readonly IpAddress[]): void {
    const { openNdpSocket, link, onOutcome } = this.#options;
    if (wanted.length > 0) {
      this.#ndp ??= openNdpSocket(link, (message, source) => {
        const outcome = this.#respondToNdp(message, source);
        onOutcome?.(outcome);
      });
    }
    for (const group of without(this.#groups, wanted)) {
      this.#groups = without(this.#groups, [group]);
      this.#ndp?.leave(group);
    }
    for (const group of without(wanted, this.#groups)) {
      this.#ndp?.join(group);
      this.#groups = [...this.#groups, group];
    }
  }
}
