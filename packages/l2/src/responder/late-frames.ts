import { type Family, formatAddress, type IpAddress } from "@fairlead/net";
import { formatTable, type Nft, quoteDevice, removeTableStatements, type TableName } from "@fairlead/nftables";
import type { Clock, Millis } from "@fairlead/runtime";
import { type LinkName, tableName } from "./table-name.ts";

/** How long connections that were begun at the former owner are passed on to it. */
const PASSED_FOR: Millis = 30_000;

/** After conntrack, and before anything that decides on the first packet of a flow: dstnat (-100) less 11. */
const PRIORITY = -111;

const TABLES = [
  { addresses: 4, family: "ip", type: "ipv4_addr" },
  { addresses: 6, family: "ip6", type: "ipv6_addr" },
] as const;

/** A former owner and until when what is late goes on to it. */
interface Former {
  readonly owner: IpAddress;
  readonly until: Millis;
}

/** What {@link LateFrames} work with. */
export interface LateFramesOptions {
  readonly nft: Nft;
  readonly clock: Clock;
  readonly link: LinkName;
  /** Told once if connections under way cannot be passed on to an address' former owner. */
  readonly onCannotPassOn?: (error: unknown) => void;
}

/**
 * Has this node pass on to an address' former owner, for a while, what belongs to a connection that this node does not
 * know: it was begun there, and can end there while that node goes on forwarding.
 */
export class LateFrames {
  readonly #options: LateFramesOptions;
  #former: ReadonlyMap<string, Former> = new Map();
  #refused = false;
  #loaded = false;

  constructor(options: LateFramesOptions) {
    this.#options = options;
  }

  /**
   * Begins for addresses that were handed over, and ends for those that this node does not own any more: two nodes that gave
   * an address to each other in turn must not pass a frame to and fro.
   *
   * @param handedOver - addresses, each with the former owner's own address on the link, of the same family.
   */
  async follow(handedOver: ReadonlyMap<string, IpAddress>, owned: ReadonlySet<string>): Promise<void> {
    if (this.#refused) return;
    const { nft, clock, link, onCannotPassOn } = this.#options;
    const now = clock.monotonic();
    const before = this.#former;
    const kept = [...before].filter(([address, { until }]) => owned.has(address) && until > now);
    const begun = [...handedOver].map(([address, owner]) => [address, { owner, until: now + PASSED_FOR }] as const);
    this.#former = new Map([...kept, ...begun]);
    const isAnyGivenUp = [...before.keys()].some((address) => !owned.has(address));
    if (begun.length === 0 && !isAnyGivenUp) return;
    this.#loaded = true;
    try {
      await nft.load(passOnLateFrames(link, this.#former, now));
    } catch (error) {
      // Some kernels cannot (nft_dup_ipv4): then connections under way break, as they do at a sudden take-over.
      this.#refused = true;
      onCannotPassOn?.(error);
    }
  }

  /** The script that removes all that is there of it; empty if nothing is. */
  get removal(): string {
    return this.#loaded ? removeLateFrames(this.#options.link) : "";
  }
}

function passOnLateFrames(link: LinkName, former: ReadonlyMap<string, Former>, now: Millis): string {
  const device = quoteDevice(link.name);
  return TABLES.map(({ addresses, family, type }) => {
    const table = formatTable(tableOf(family, link));
    const elements = elementsOf(former, addresses, now);
    // Invalid is what conntrack took for a part of an earlier connection of the same client and port, closed since.
    const unknown = "ct state { new, invalid } tcp flags & (fin | syn | rst | ack) != syn";
    return `add table ${table}
add map ${table} former { type ${type} : ${type}; flags timeout; }
add chain ${table} late { type filter hook prerouting priority ${PRIORITY}; }
flush chain ${table} late
flush map ${table} former
add rule ${table} late iifname ${device} ${unknown} dup to ${family} daddr map @former device ${device} drop
${elements === "" ? "" : `add element ${table} former { ${elements} }\n`}`;
  }).join("");
}

function removeLateFrames(link: LinkName): string {
  return TABLES.map(({ family }) => `${removeTableStatements(tableOf(family, link))}\n`).join("");
}

function tableOf(family: TableName["family"], link: LinkName): TableName {
  return { family, name: tableName(link) };
}

function elementsOf(former: ReadonlyMap<string, Former>, family: Family, now: Millis): string {
  return [...former]
    .filter(([, { owner }]) => owner.family === family)
    .map(([address, { owner, until }]) => `${address} timeout ${Math.ceil(until - now)}ms : ${formatAddress(owner)}`)
    .join(", ");
}
